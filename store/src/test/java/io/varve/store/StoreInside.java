package io.varve.store;

import io.varve.store.lmdb.FolderLock;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A store without its appender, so that a test says which batches are committed as one group. */
final class StoreInside implements AutoCloseable {
    private final FolderLock lock;
    private final Log log;
    private final LogIndex index;
    private final LogCommitter committer;

    StoreInside(Path folder) {
        StoreConfig config = StoreConfig.at(folder);
        lock = FolderLock.take(folder);
        log = new Log(folder.resolve("log"), config.initialMapBytes());
        index = new LogIndex(folder.resolve("index"));
        StreamDirectory directory = new StreamDirectory(index);
        NoteDirectory notes = new NoteDirectory(index);
        IndexMerger merger = new IndexMerger(index, log.identity(), Runnable::run, notes::trim);
        UnmergedStreams unmerged = new UnmergedStreams(directory, notes, merger, Integer.MAX_VALUE);
        CommitSignal signal = new CommitSignal("test");
        committer = new LogCommitter(log, directory, notes, unmerged, signal, config.clock());
        LogIndex.State merged =
                index.state().orElse(new LogIndex.State(log.identity(), -1, 0, 0, 0));
        directory.begin(merged.streamCount(), index.types());
        Recovery.End end =
                new Recovery(log, directory, notes, unmerged, merger, Integer.MAX_VALUE)
                        .run(merged);
        committer.begin(end.chain(), end.commitTimeMillis());
        if (end.head() >= 0) {
            signal.advance(end.head());
        }
    }

    List<AppendRequest> commit(EventBatch... batches) {
        List<AppendRequest> group = Arrays.stream(batches).map(AppendRequest::new).toList();
        committer.commit(group);
        group.forEach(AppendRequest::complete);
        return group;
    }

    @Override
    public void close() {
        index.close();
        log.close();
        lock.close();
    }
}
