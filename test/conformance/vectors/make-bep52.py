#!/usr/bin/env python3
"""Makes bep52.json: Merkle roots and piece layers as libtorrent, a BitTorrent v2 implementation, computes them.

    apt-get install python3-libtorrent
    /usr/bin/python3 test/conformance/vectors/make-bep52.py > test/conformance/vectors/bep52.json

Each case is a v2-only torrent of one file, from which `pieces root` and `piece layers` are taken as they are.
"""
import hashlib
import json
import os
import tempfile

import libtorrent as lt

KIB = 1024
MIB = 1024 * KIB
SIZES = [
    1, 16383, 16384, 16385, 32768, 49153, 65535, 65536, 65537, 100000, 131072, 131073, 196609, 262144,
    MIB - 1, MIB, MIB + 1, 3 * MIB + 12345, 5 * MIB, 5 * MIB + 16385,
]
PIECE_SIZES = [16 * KIB, 64 * KIB, 128 * KIB, MIB, 16 * MIB]
LAYER_HASHES_SHOWN_MAX = 5

CONTENT = (
    "state = size; then for each byte: state = (state * 1664525 + 1013904223) mod 2^32, byte = state >> 24"
)


def content(size):
    state, out = size, bytearray(size)
    for i in range(size):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out[i] = state >> 24
    return bytes(out)


def torrent(folder, name, piece_bytes):
    files = lt.file_storage()
    lt.add_files(files, os.path.join(folder, name))
    made = lt.create_torrent(files, piece_size=piece_bytes, flags=lt.create_torrent.v2_only)
    lt.set_piece_hashes(made, folder)
    return made.generate()


def case(folder, size, data, piece_bytes):
    entry = torrent(folder, str(size), piece_bytes)
    info = entry[b"info"]
    assert info[b"meta version"] == 2 and info[b"piece length"] == piece_bytes
    root = info[b"file tree"][str(size).encode()][b""][b"pieces root"]
    made = {
        "sizeBytes": size,
        "pieceBytes": piece_bytes,
        "sha1": hashlib.sha1(data).hexdigest(),
        "root": root.hex(),
        "layerHashes": 0,
    }
    layer = entry.get(b"piece layers", {}).get(root)
    if layer is not None:
        made["layerHashes"] = len(layer) // 32
        made["layerSha256"] = hashlib.sha256(layer).hexdigest()
        if made["layerHashes"] <= LAYER_HASHES_SHOWN_MAX:
            made["layer"] = layer.hex()
    return made


def main():
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            data = content(size)
            with open(os.path.join(folder, str(size)), "wb") as file:
                file.write(data)
            cases += [case(folder, size, data, piece_bytes) for piece_bytes in PIECE_SIZES]
    about = {
        "about": "BEP 52 roots and piece layers; made by make-bep52.py with libtorrent " + lt.__version__,
        "content": CONTENT,
        "layer": "hex of the piece layer where short; layerSha256 is the SHA-256 of its bytes. "
        "A file of at most one piece has none in a torrent (layerHashes 0).",
    }
    print(json.dumps({**about, "cases": cases}, indent=2))


main()
