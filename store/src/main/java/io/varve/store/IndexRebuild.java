package io.varve.store;

import io.varve.store.lmdb.DurableFiles;
import io.varve.store.lmdb.FolderRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Builds the index of a closed store again, from the log alone, beside the old one; then puts its
 * file in the place of the old one's, which is one step of the file system. What is left of a
 * rebuild that was interrupted is deleted by the next.
 */
final class IndexRebuild {
    private static final String DATA = "data.mdb";

    private IndexRebuild() {}

    static void run(StoreConfig config, ProgressListener listener) {
        StoreFolder.withLog(
                config.path(),
                StoreLock::take,
                lock -> {
                    run(config, lock, listener);
                    return lock;
                });
    }

    private static void run(StoreConfig config, StoreLock lock, ProgressListener listener) {
        Path folder = lock.folder();
        Path index = folder.resolve("index");
        StoreFolder.checkIndex(index);
        lock.takeParts();
        FolderRights.check(folder.resolve("log"));
        FolderRights.check(index);
        Optional<LogIndex.State> old = IndexReach.of(index);
        Path beside = folder.resolve("index.rebuild");
        try {
            DurableFiles.delete(beside);
            try (Log log = openLog(config, folder)) {
                LostLog.checkNoLog(index);
                old.ifPresent(state -> checkNothingLost(state, log));
                build(log, beside, config.mergeEvents(), listener);
            }
            replace(beside, index.toRealPath());
        } catch (IOException e) {
            throw DurableFiles.failed("rebuilding an index", folder, e);
        }
    }

    private static Log openLog(StoreConfig config, Path folder) {
        return LostLog.open(folder, () -> new Log(folder.resolve("log"), config.initialMapBytes()));
    }

    /** For one who reads no event. */
    static final class NoNames implements EventView.Names {
        @Override
        public StreamId stream(int number) {
            throw new IllegalStateException("no event is read: stream=" + number);
        }

        @Override
        public String type(int number) {
            throw new IllegalStateException("no event is read: type=" + number);
        }
    }

    /** Refuses a log that lacks what its index tells of. */
    static void checkNothingLost(LogIndex.State old, Log log) {
        try (LogReader reader = log.reader(new NoNames())) {
            IndexReach.check(old, log, reader.last() ? reader.block().lastPosition() : -1);
        }
    }

    private static void build(Log log, Path folder, int mergeEvents, ProgressListener listener) {
        try (LogIndex index = StoreParts.begun(new LogIndex(folder), log, folder)) {
            StreamDirectory directory = new StreamDirectory(index);
            NoteDirectory notes = new NoteDirectory(index);
            IndexMerger merger =
                    new IndexMerger(
                            index,
                            log.identity(),
                            Runnable::run,
                            done -> {
                                notes.trim(done);
                                directory.dropAtRest();
                            });
            UnmergedStreams unmerged =
                    new UnmergedStreams(directory, notes, merger, Integer.MAX_VALUE);
            LogIndex.State merged =
                    index.state().orElse(new LogIndex.State(log.identity(), -1, 0, 0, 0));
            directory.begin(merged.streamCount(), index.types());
            new Recovery(log, directory, notes, unmerged, merger, mergeEvents)
                    .telling(listener)
                    .run(merged);
            if (!unmerged.isEmpty()) {
                merger.merge(unmerged.take());
            }
        }
    }

    private static void replace(Path beside, Path index) throws IOException {
        Path data = index.resolve(DATA);
        DurableFiles.sync(beside.resolve(DATA));
        Files.move(
                beside.resolve(DATA),
                data,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        IndexDamage.forget(index);
        DurableFiles.sync(index);
        DurableFiles.sync(index.getParent());
        DurableFiles.delete(beside);
    }
}
