package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.LmdbCursor;
import io.varve.store.lmdb.LmdbReader;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.RowChecksum;
import java.util.function.Predicate;

/** A table in a view. */
final class LmdbReadTable implements ReadOnlyTable {
    private final Runnable check;
    private final StateDamage damage;
    private final LmdbReader reader;
    private final LmdbTable table;
    private final RowChecksum checksum = new RowChecksum(LmdbStateEnvironment.REMEDY);
    private final BytesView row = new BytesView();

    LmdbReadTable(Runnable check, StateDamage damage, LmdbReader reader, LmdbTable table) {
        this.check = check;
        this.damage = damage;
        this.reader = reader;
        this.table = table;
    }

    @Override
    public boolean get(BytesView key, BytesView value) {
        check.run();
        try {
            if (!reader.get(table, key, row)) {
                value.release();
                return false;
            }
            checksum.check(table.name(), key, row, value);
            return true;
        } catch (StoreCorruptedException e) {
            throw damage.found(e);
        }
    }

    @Override
    public void scan(BytesView from, BytesView to, RowVisitor visitor) {
        checkKey(to);
        walk(
                cursor -> from.length() == 0 ? cursor.first() : cursor.seek(from),
                LmdbCursor::next,
                key -> to.length() == 0 || key.compareTo(to) < 0,
                visitor);
    }

    @Override
    public void reverseScan(BytesView from, BytesView to, RowVisitor visitor) {
        checkKey(from);
        walk(
                cursor -> to.length() == 0 ? cursor.last() : cursor.seekBefore(to),
                LmdbCursor::previous,
                key -> key.compareTo(from) >= 0,
                visitor);
    }

    private void walk(
            Predicate<LmdbCursor> begin,
            Predicate<LmdbCursor> step,
            Predicate<BytesView> isWithin,
            RowVisitor visitor) {
        check.run();
        // A cursor of its own place: the visitor may scan the same table again.
        BytesView key = new BytesView();
        BytesView rowHere = new BytesView();
        BytesView value = new BytesView();
        boolean visiting = false;
        try (LmdbCursor cursor = reader.openCursor(table)) {
            boolean found = begin.test(cursor);
            while (found) {
                cursor.key(key);
                if (!isWithin.test(key)) {
                    break;
                }
                cursor.value(rowHere);
                checksum.check(table.name(), key, rowHere, value);
                visiting = true;
                found = visitor.row(key, value);
                visiting = false;
                check.run();
                found = found && step.test(cursor);
            }
        } catch (StoreCorruptedException e) {
            // What a visitor reads elsewhere, and finds damaged there, says nothing of this table.
            throw visiting ? e : damage.found(e);
        } finally {
            key.release();
            value.release();
        }
    }

    /** Keys that are only compared with are held to the same limit as others. */
    static void checkKey(BytesView key) {
        if (key.length() > MAX_KEY_BYTES) {
            throw new LimitExceededException("key (bytes)", key.length(), MAX_KEY_BYTES);
        }
    }

    @Override
    public long count() {
        check.run();
        return reader.count(table);
    }
}
