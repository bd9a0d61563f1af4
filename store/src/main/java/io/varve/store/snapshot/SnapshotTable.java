package io.varve.store.snapshot;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.Logs;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.serde.Serde;
import io.varve.store.snapshot.Rejection.Reason;
import io.varve.store.state.ReadOnlyTable;
import io.varve.store.state.StateTransaction;
import io.varve.store.state.StateView;
import io.varve.store.state.Table;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The snapshots of one fold, in the tables of the store. Thread-safe. */
final class SnapshotTable {
    /** A snapshot that fits, and its state. */
    record Found<S>(SnapshotHeader header, S state) {}

    private final SnapshotStore owner;
    private final SnapshotKeys keys;
    private final SnapshotHistory history;

    SnapshotTable(SnapshotStore owner, SnapshotKeys keys, SnapshotHistory history) {
        this.owner = owner;
        this.keys = keys;
        this.history = history;
    }

    /** The newest snapshot of a stream up to a version that fits; tells of those that do not. */
    <S> Optional<Found<S>> newest(
            String key, long atMost, Serde<S> serde, List<Rejection> rejections) {
        try (StateView view = owner.environment().view()) {
            ReadOnlyTable rows = view.table(SnapshotStore.ROWS);
            for (long version : versions(view.table(SnapshotStore.LISTS), key, rejections)) {
                if (version <= atMost) {
                    Optional<Found<S>> found = read(rows, key, version, serde, rejections);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        }
    }

    private <S> Optional<Found<S>> read(
            ReadOnlyTable rows,
            String key,
            long version,
            Serde<S> serde,
            List<Rejection> rejections) {
        BytesView row = new BytesView();
        Optional<SnapshotHeader> header = valid(rows, key, version, row, rejections);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        try {
            S state = serde.deserialize(row);
            if (state != null) {
                return Optional.of(new Found<>(header.get(), state));
            }
            rejections.add(new Rejection(version, Reason.UNREADABLE_STATE, "null"));
        } catch (RuntimeException e) {
            rejections.add(new Rejection(version, Reason.UNREADABLE_STATE, e.toString()));
        }
        return Optional.empty();
    }

    /** The header of a snapshot if it fits; leaves the view on its state. */
    private Optional<SnapshotHeader> valid(
            ReadOnlyTable rows,
            String key,
            long version,
            BytesView row,
            List<Rejection> rejections) {
        try {
            if (!rows.get(keys.snapshot(key, version), row)) {
                rejections.add(new Rejection(version, Reason.DAMAGED, "it is missing"));
                return Optional.empty();
            }
            SnapshotHeader header = SnapshotHeader.read(row);
            if (header.version() != version) {
                throw new SnapshotHeader.Unreadable(Reason.DAMAGED, "version=" + header.version());
            }
            Optional<Rejection> rejection = history.contradicts(header);
            rejection.ifPresent(rejections::add);
            return rejection.isPresent() ? Optional.empty() : Optional.of(header);
        } catch (StoreCorruptedException e) {
            rejections.add(new Rejection(version, Reason.DAMAGED, e.getMessage()));
        } catch (SnapshotHeader.Unreadable e) {
            rejections.add(new Rejection(version, e.reason, e.getMessage()));
        }
        return Optional.empty();
    }

    /** The versions of which there are snapshots, the newest first. */
    private long[] versions(ReadOnlyTable lists, String key, List<Rejection> rejections) {
        BytesView row = new BytesView();
        try {
            return lists.get(keys.list(key), row) ? SnapshotList.read(row) : new long[0];
        } catch (StoreCorruptedException e) {
            rejections.add(new Rejection(-1, Reason.DAMAGED, e.getMessage()));
        } catch (SnapshotHeader.Unreadable e) {
            rejections.add(new Rejection(-1, e.reason, e.getMessage()));
        }
        return new long[0];
    }

    /** The version of the oldest snapshot of a stream that fits; -1 if none fits. */
    long oldestVersion(String key) {
        try (StateView view = owner.environment().view()) {
            return oldestVersion(view, key);
        }
    }

    private long oldestVersion(StateView view, String key) {
        List<Rejection> ignored = new ArrayList<>();
        ReadOnlyTable rows = view.table(SnapshotStore.ROWS);
        long[] versions = versions(view.table(SnapshotStore.LISTS), key, ignored);
        BytesView row = new BytesView();
        for (int i = versions.length - 1; i >= 0; i--) {
            Optional<SnapshotHeader> header = valid(rows, key, versions[i], row, ignored);
            if (header.isPresent()) {
                return versions[i];
            }
        }
        return -1;
    }

    /**
     * Saves a snapshot, unless there is a newer one that fits. What does not fit, and what is more
     * than is kept, goes in the same transaction: so the newest never goes back.
     */
    SaveOutcome save(String key, SnapshotHeader header, BytesView state, int kept) {
        try (StateTransaction transaction = owner.environment().begin()) {
            Table rows = transaction.table(SnapshotStore.ROWS);
            List<Long> versions = new ArrayList<>();
            int pruned = dropUnfit(transaction, key, versions);
            boolean present = !versions.isEmpty() && versions.get(0) >= header.version();
            if (!present) {
                versions.add(0, header.version());
                BytesWriter row = new BytesWriter();
                header.write(row);
                rows.put(keys.snapshot(key, header.version()), row.putBytes(state).view());
            }
            while (versions.size() > kept) {
                rows.delete(keys.snapshot(key, versions.remove(versions.size() - 1)));
                pruned++;
            }
            if (!present || pruned > 0) {
                BytesWriter list = new BytesWriter();
                SnapshotList.write(versions, list);
                transaction.table(SnapshotStore.LISTS).put(keys.list(key), list.view());
                transaction.commit();
            }
            return present
                    ? new SaveOutcome.Present(versions.get(0))
                    : new SaveOutcome.Saved(header.version(), pruned);
        }
    }

    /** Removes what does not fit, and tells what is left. */
    private int dropUnfit(StateTransaction transaction, String key, List<Long> left) {
        List<Rejection> rejections = new ArrayList<>();
        Table rows = transaction.table(SnapshotStore.ROWS);
        long[] listed = versions(transaction.table(SnapshotStore.LISTS), key, rejections);
        int dropped = rejections.isEmpty() ? 0 : deleteRows(rows, key);
        for (long version : listed) {
            if (valid(rows, key, version, new BytesView(), rejections).isPresent()) {
                left.add(version);
            } else {
                rows.delete(keys.snapshot(key, version));
                dropped++;
            }
        }
        return dropped;
    }

    /** Removes all snapshots of a stream. */
    void delete(String key) {
        try (StateTransaction transaction = owner.environment().begin()) {
            Table rows = transaction.table(SnapshotStore.ROWS);
            Table lists = transaction.table(SnapshotStore.LISTS);
            for (long version : versions(lists, key, new ArrayList<>())) {
                rows.delete(keys.snapshot(key, version));
            }
            deleteRows(rows, key);
            lists.delete(keys.list(key));
            transaction.commit();
        }
    }

    /** Removes the rows of a stream whose list is lost. */
    private int deleteRows(Table rows, String key) {
        BytesView from = keys.snapshot(key, 0);
        List<BytesView> found = new ArrayList<>();
        try {
            rows.scan(
                    from,
                    keys.snapshot(key, -1),
                    (row, value) -> {
                        // Between them lie the rows of streams whose keys are longer.
                        if (row.length() == from.length()) {
                            found.add(BytesView.of(row.toByteArray()));
                        }
                        return true;
                    });
        } catch (StoreCorruptedException e) {
            Logs.of(SnapshotTable.class)
                    .log(
                            Level.WARNING,
                            "A damaged snapshot that nothing lists is left where it is",
                            e);
        }
        found.forEach(rows::delete);
        return found.size();
    }
}
