package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import io.varve.store.lmdb.RowChecksum;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A change of an LMDB environment.
 *
 * <p>Each change is written at once and noted in a journal as well: when the map turns out to be
 * full, the transaction is taken back, the map grows, and the journal is written again, unnoticed
 * by the caller.
 */
final class LmdbStateTransaction implements StateTransaction {
    private static final int GROWTHS = 40;

    private final LmdbStateEnvironment owner;
    private final LmdbEnvironment environment;
    private final RowChecksum checksum = new RowChecksum(LmdbStateEnvironment.REMEDY);
    private final ChangeJournal journal = new ChangeJournal();
    private final Map<String, Table> open = new HashMap<>();
    private LmdbWriter writer;
    private boolean closed;

    LmdbStateTransaction(LmdbStateEnvironment owner) {
        this.owner = owner;
        this.environment = owner.environment();
        this.writer = environment.writer();
    }

    @Override
    public Table table(String name) {
        checkOpen();
        return open.computeIfAbsent(name, n -> new WriteTable(owner.find(n)));
    }

    @Override
    public void checkpoint(Checkpoint checkpoint) {
        BytesWriter row = new BytesWriter();
        CheckpointRow.write(checkpoint, row);
        put(owner.meta(), CheckpointRow.KEY, row.view());
    }

    private void put(LmdbTable table, BytesView key, BytesView value) {
        checkOpen();
        // Written from the journal's copy: a value that was lent moves when its page is changed.
        BytesView noted = journal.put(table, key, value);
        int sum = checksum.of(key, noted);
        change(() -> writer.put(table, key, sum, noted));
    }

    private boolean delete(LmdbTable table, BytesView key) {
        checkOpen();
        journal.delete(table, key);
        boolean[] was = new boolean[1];
        change(() -> was[0] = writer.delete(table, key));
        return was[0];
    }

    private void clear(LmdbTable table) {
        checkOpen();
        journal.clear(table);
        change(() -> writer.clear(table));
    }

    private void change(Runnable change) {
        try {
            change.run();
        } catch (LmdbWriter.MapFullSignal full) {
            growAndReplay(); // the journal has this change as its last
        } catch (IllegalArgumentException | LimitExceededException e) {
            journal.forgetLast(); // refused now, so not to be tried again
            throw e;
        } catch (StoreCorruptedException e) {
            throw owner.notes().found(e);
        }
    }

    @Override
    public void commit() {
        checkOpen();
        for (int growths = 0; ; growths++) {
            try {
                writer.commit();
                closed = true;
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                if (growths == GROWTHS) {
                    throw full;
                }
                growAndReplay();
            } catch (StoreCorruptedException e) {
                throw owner.notes().found(e);
            }
        }
    }

    private void growAndReplay() {
        for (int growths = 0; ; growths++) {
            writer.close();
            environment.grow();
            writer = environment.writer();
            try {
                replay();
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                if (growths == GROWTHS) {
                    throw full;
                }
            }
        }
    }

    private void replay() {
        journal.replay(
                new ChangeJournal.Target() {
                    @Override
                    public void put(LmdbTable table, BytesView key, BytesView value) {
                        writer.put(table, key, checksum.of(key, value), value);
                    }

                    @Override
                    public void delete(LmdbTable table, BytesView key) {
                        writer.delete(table, key);
                    }

                    @Override
                    public void clear(LmdbTable table) {
                        writer.clear(table);
                    }
                });
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreClosedException("transaction");
        }
    }

    @Override
    public void close() {
        closed = true;
        writer.close();
    }

    /** A table in the transaction. */
    private final class WriteTable implements Table {
        private final LmdbTable table;
        private final BytesView row = new BytesView();

        WriteTable(LmdbTable table) {
            this.table = table;
        }

        @Override
        public void put(BytesView key, BytesView value) {
            LmdbStateTransaction.this.put(table, key, value);
        }

        @Override
        public boolean delete(BytesView key) {
            return LmdbStateTransaction.this.delete(table, key);
        }

        @Override
        public void clear() {
            LmdbStateTransaction.this.clear(table);
        }

        @Override
        public boolean get(BytesView key, BytesView value) {
            checkOpen();
            try {
                if (!writer.get(table, key, row)) {
                    value.release();
                    return false;
                }
                checksum.check(table.name(), key, row, value);
                return true;
            } catch (StoreCorruptedException e) {
                throw owner.notes().found(e);
            }
        }

        @Override
        public void scan(BytesView from, BytesView to, RowVisitor visitor) {
            checkOpen();
            LmdbReadTable.checkKey(to);
            CheckedRows rows =
                    new CheckedRows(key -> to.length() == 0 || key.compareTo(to) < 0, visitor);
            walk(rows, () -> writer.scan(table, from, rows));
        }

        @Override
        public void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
            checkOpen();
            LmdbReadTable.checkKey(from);
            CheckedRows rows = new CheckedRows(key -> key.compareTo(from) >= 0, visitor);
            walk(rows, () -> writer.reverseScan(table, to, rows));
        }

        private void walk(CheckedRows rows, Runnable scan) {
            try {
                scan.run();
            } catch (StoreCorruptedException e) {
                // What a visitor finds damaged elsewhere says nothing of this table.
                throw rows.visiting ? e : owner.notes().found(e);
            } finally {
                rows.value.release();
            }
        }

        /** Checks rows as long as they are within bounds, and hands them on. */
        private final class CheckedRows implements LmdbWriter.RowVisitor {
            private final Predicate<BytesView> isWithin;
            private final RowVisitor visitor;
            private final BytesView value = new BytesView();
            private boolean visiting;

            CheckedRows(Predicate<BytesView> isWithin, RowVisitor visitor) {
                this.isWithin = isWithin;
                this.visitor = visitor;
            }

            @Override
            public boolean row(BytesView key, BytesView stored) {
                if (!isWithin.test(key)) {
                    return false;
                }
                checksum.check(table.name(), key, stored, value);
                visiting = true;
                boolean more = visitor.row(key, value);
                visiting = false;
                return more;
            }
        }

        @Override
        public long count() {
            checkOpen();
            return writer.count(table);
        }
    }
}
