package io.varve.store.lmdb;

import io.varve.store.errors.StoreFullException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.EnvFlags;
import org.lmdbjava.LmdbException;

/**
 * The native side of an environment: how its file is mapped, how large the map is, and whether it
 * is there still. Growing is up to the holder of the environment's write lock.
 */
final class LmdbMap {
    private static final int OWNER_ONLY = 0600;

    /** So that a table can be looked for in an empty file. */
    private static final long LEAST_TO_READ = 1 << 20;

    private final Path folder;
    private final Env<NativeBytes> env;
    private int tables;

    /** Changed by the holder of the write lock. */
    private volatile long bytes;

    /** The map could not be moved and is gone: nothing native may be touched any more. */
    private volatile boolean gone;

    private LmdbMap(Path folder, Env<NativeBytes> env, long bytes) {
        this.folder = folder;
        this.env = env;
        this.bytes = bytes;
    }

    static LmdbMap toWrite(Path real, LmdbOptions options) {
        LockFile.prepare(real);
        long bytes = Math.max(options.mapBytes(), DataFile.size(real));
        LmdbMap map = open(real, options, bytes, flags(options.mode()));
        map.env.readerCheck();
        return map;
    }

    private static EnvFlags[] flags(CommitMode mode) {
        return mode instanceof CommitMode.Synced
                ? new EnvFlags[] {EnvFlags.MDB_NOTLS}
                : new EnvFlags[] {EnvFlags.MDB_NOTLS, EnvFlags.MDB_NOSYNC};
    }

    /** Maps a file that nobody writes; no lock file is made beside it. */
    static LmdbMap toRead(Path folder, LmdbOptions options) {
        long bytes = Math.max(LEAST_TO_READ, DataFile.size(folder));
        EnvFlags[] flags = {EnvFlags.MDB_NOTLS, EnvFlags.MDB_RDONLY_ENV, EnvFlags.MDB_NOLOCK};
        return open(folder, options, bytes, flags);
    }

    private static LmdbMap open(Path folder, LmdbOptions options, long bytes, EnvFlags... flags) {
        try {
            NativeLibrary.await();
            Env<NativeBytes> env =
                    Env.create(NativeBytesProxy.PROXY)
                            .setMapSize(bytes)
                            .setMaxDbs(options.tables())
                            .setMaxReaders(LmdbOptions.SLOTS)
                            .open(folder.toFile(), OWNER_ONLY, flags);
            return new LmdbMap(folder, env, bytes);
        } catch (LmdbException e) {
            throw LmdbErrors.translate(e, "opening", folder, options);
        } catch (LinkageError e) {
            throw LmdbErrors.notLoaded(e, folder);
        }
    }

    Env<NativeBytes> env() {
        return env;
    }

    List<String> tableNames() {
        return env.getDbiNames().stream()
                .map(name -> new String(name, StandardCharsets.UTF_8))
                .toList();
    }

    /** By one thread. */
    LmdbTable table(String name, DbiFlags... flags) {
        Dbi<NativeBytes> dbi = env.openDbi(name, flags);
        return new LmdbTable(dbi, name, tables++);
    }

    long bytes() {
        return bytes;
    }

    boolean isGone() {
        return gone;
    }

    /** Doubles the map, once nobody is behind the gate; the caller holds the write lock. */
    void grow(Gate gate, Duration patience) {
        if (!gate.shut(patience)) {
            throw new StoreFullException(
                    "The map is full and cannot grow while views are open: path="
                            + folder
                            + " mapBytes="
                            + bytes,
                    "Close views sooner, or open with a larger initial map; nothing was lost.",
                    null);
        }
        try {
            // The native readers that rest in the pool hold no snapshot, so the map may move.
            bytes = 2 * Math.max(bytes, DataFile.size(folder));
            env.setMapSize(bytes);
        } catch (LmdbException e) {
            // LMDB has let go of the old map before it failed to get the new one.
            gone = true;
            gate.close(Duration.ZERO, () -> {});
            throw e;
        } finally {
            gate.open();
        }
    }
}
