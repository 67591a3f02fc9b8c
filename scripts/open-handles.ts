import { createHook } from 'node:async_hooks';

/** Sockets, timers, threads, processes: what keeps a process going. */
export type OpenHandle = { readonly file: string; readonly type: string; readonly resource: WeakRef<Resource> };

type Resource = { hasRef(): boolean; unref(): void };

/** Notes what is opened, and on whose behalf: that of `file`, which the caller sets. */
export function watchHandles() {
  const noted = new Map<number, OpenHandle>();
  const watch = {
    file: '',
    /** What still keeps the process going. */
    open: (): OpenHandle[] => Array.from(noted.values()).filter(({ resource }) => resource.deref()?.hasRef() === true),
    /** Has it keep the process going no more. */
    letGo: (): OpenHandle[] => {
      const left = watch.open();
      for (const { resource } of left) resource.deref()?.unref();
      return left;
    },
    /** From now on nothing is noted. */
    stop: (): void => void hook.disable(),
  };
  const hook = createHook({
    init: (id, type, _trigger, resource: object) => {
      if (isResource(resource)) noted.set(id, { file: watch.file, type, resource: new WeakRef(resource) });
    },
    destroy: (id) => void noted.delete(id),
    trackPromises: false,
  }).enable();
  return watch;
}

function isResource(resource: object): resource is Resource {
  return 'hasRef' in resource && 'unref' in resource;
}
