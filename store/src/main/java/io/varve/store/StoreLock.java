package io.varve.store;

import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.StoreLockedException;
import io.varve.store.lmdb.FolderLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Holds a store's folder, and the folders of its log and its index as well: either may be a link,
 * or a folder that is mounted there, so that two stores could have one log.
 *
 * <p>Thread-safe once all are held.
 */
final class StoreLock implements AutoCloseable {
    private final Function<Path, FolderLock> way;
    private final FolderLock store;
    private final List<FolderLock> parts = new ArrayList<>(2);

    private StoreLock(Path folder, Function<Path, FolderLock> way) {
        this.way = way;
        store = way.apply(folder);
    }

    /** Takes a store's folder, which is made where it is missing; not yet those in it. */
    static StoreLock take(Path folder) {
        return new StoreLock(folder, FolderLock::take);
    }

    /**
     * Takes a folder that is there, and what is there of the others, to be read. Nothing is made
     * but lock files.
     *
     * @throws StoreLockedException if somebody has one of them
     */
    static StoreLock takeToRead(Path folder) {
        StoreLock lock = new StoreLock(folder, FolderLock::takeToRead);
        return lock.with("log").with("index");
    }

    /** Takes the log's folder and the index's as well, made where they are missing. */
    void takeParts() {
        add("log");
        add("index");
    }

    private StoreLock with(String part) {
        try {
            if (Files.isDirectory(folder().resolve(part))) {
                add(part);
            }
            return this;
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void add(String part) {
        parts.add(way.apply(folder().resolve(part)));
    }

    /** The real path of the store's folder. */
    Path folder() {
        return store.folder();
    }

    /**
     * From now on they are held until the process ends; returns what to tell who wanted to close.
     */
    StoreIoException keep() {
        for (int i = 0; i < parts.size(); i++) { // no iterator: there may be no memory
            parts.get(i).keep();
        }
        return store.keep();
    }

    /** Whether they are held until the process ends. */
    boolean isKept() {
        return store.isKept();
    }

    /** Gives them back, the store's last: who gets that gets all. */
    @Override
    public void close() {
        close(parts.size() - 1);
    }

    private void close(int part) {
        if (part < 0) {
            store.close();
            return;
        }
        try {
            parts.get(part).close();
        } finally {
            close(part - 1);
        }
    }
}
