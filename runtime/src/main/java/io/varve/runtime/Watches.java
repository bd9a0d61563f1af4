package io.varve.runtime;

import io.varve.projections.ProjectionTask;
import io.varve.store.errors.VarveException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The live queries of one read model, and its worker's side of them: they are told of each commit.
 */
final class Watches {
    /** Held during each commit, so that who holds it sees none. */
    private final ReentrantLock committing = new ReentrantLock();

    private final List<LiveQuery<?, ?>> queries = new CopyOnWriteArrayList<>();

    ReentrantLock committing() {
        return committing;
    }

    /** Tells one of commits from now on; called between two commits. */
    void add(LiveQuery<?, ?> query) {
        if (!queries.contains(query)) {
            queries.add(query);
        }
    }

    void remove(LiveQuery<?, ?> query) {
        queries.remove(query);
    }

    boolean isEmpty() {
        return queries.isEmpty();
    }

    /** Tells what the commit under way has changed; called by who commits. */
    void committed(ProjectionTask task, long position) {
        for (LiveQuery<?, ?> query : queries) {
            query.committed(task, position);
        }
    }

    /** What the commit under way of one partition has changed, for each that follows. */
    Map<LiveQuery<?, ?>, List<ChangedRows.Row>> collect(ProjectionTask task) {
        Map<LiveQuery<?, ?>, List<ChangedRows.Row>> changed = new HashMap<>();
        for (LiveQuery<?, ?> query : queries) {
            changed.put(query, query.collect(task));
        }
        return changed;
    }

    /** Tells what all partitions have changed. */
    void committed(Map<LiveQuery<?, ?>, List<ChangedRows.Row>> changed, long position) {
        for (LiveQuery<?, ?> query : queries) {
            query.committed(changed.getOrDefault(query, List.of()), position);
        }
    }

    /** Somebody has committed a part of what others have not, and will not tell it. */
    void lost() {
        queries.forEach(LiveQuery::lost);
    }

    /** No more will come. */
    void end(VarveException reason) {
        queries.forEach(query -> query.ended(reason));
        queries.clear();
    }
}
