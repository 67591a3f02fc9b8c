import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { PROTOCOL_PAGE, renderProtocol } from '../../scripts/protocol-table.ts';
import { readSources } from './read-sources.ts';

const page = readFileSync(PROTOCOL_PAGE, 'utf8');

/** The numbers of the page's headings: 4, 6.2, … */
function sectionsOf(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(/^#{2,3} (\d+(?:\.\d+)?) /gm), ([, number = '']) => number));
}

/** `file: citation` for each citation in a source that names no section. */
function brokenCitations(file: string, source: string, sections: ReadonlySet<string>): string[] {
  const citations = Array.from(source.matchAll(/\bPROTOCOL\b(?!\.md)(?: §(\d+(?:\.\d+)?))?/g));
  return citations.flatMap(([text, number]) =>
    number !== undefined && sections.has(number) ? [] : [`${file}: “${text}”`],
  );
}

/** In-page links that lead to no heading. */
function brokenLinks(text: string): string[] {
  const anchors = new Set(
    Array.from(text.matchAll(/^#+ (.+)$/gm), ([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  return Array.from(text.matchAll(/\]\(#([^)]+)\)/g), ([, anchor = '']) => anchor).filter((a) => !anchors.has(a));
}

describe('docs/PROTOCOL.md', () => {
  const sections = sectionsOf(page);

  it('has its tables and examples as the code and the vectors have them', () => {
    assert.ok(renderProtocol(page) === page, 'stale: run `node scripts/protocol-table.ts`');
  });

  it('has every section that the code cites', async () => {
    const broken: string[] = [];
    for (const [file, source] of await readSources('src')) {
      if (!file.endsWith('.test.ts')) broken.push(...brokenCitations(file, source, sections));
    }
    assert.deepEqual(broken, []);
  });

  it('links to sections that it has', () => {
    assert.deepEqual(brokenLinks(page), []);
  });

  it('would notice', () => {
    assert.deepEqual([...sectionsOf('# 1 Title\n## 2 Two\n### 2.1 Sub\n')], ['2', '2.1']);
    assert.deepEqual(brokenCitations('a.ts', '[PROTOCOL §2] [PROTOCOL §2.1]', sections), ['a.ts: “PROTOCOL §2.1”']);
    assert.deepEqual(brokenCitations('a.ts', 'PROTOCOL.md, [PROTOCOL, pieces]', sections), ['a.ts: “PROTOCOL”']);
    assert.deepEqual(brokenLinks('## 1 One\n[one](#1-one) [two](#2-two)'), ['2-two']);
    const stale = page.replace('| 3 / 103 / 203 |', '| 3 / 103 / 204 |');
    assert.notEqual(stale, page);
    assert.equal(renderProtocol(stale), page);
  });
});
