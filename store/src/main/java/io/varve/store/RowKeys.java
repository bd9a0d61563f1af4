package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;

/**
 * Sees that each row of the log's table {@code varve} is one that is known, in its place. A row
 * whose key is damaged is not found by who looks for it: a hold would be gone without a word, and
 * what it protects removed. So none is passed over. One walk in one direction, by one thread,
 * within one transaction.
 */
final class RowKeys {
    private final BytesView before = new BytesView();

    /** What a key is to the one before it in the walk: 1 for greater. */
    private final int direction;

    private RowKeys(int direction) {
        this.direction = direction;
    }

    /** For a walk towards the last row. */
    static RowKeys forward() {
        return new RowKeys(1);
    }

    /** For a walk towards the first row. */
    static RowKeys backward() {
        return new RowKeys(-1);
    }

    /**
     * Takes the next row.
     *
     * @param key its key, in the memory of the transaction
     * @param row its value
     * @throws StoreCorruptedException if there is no such key, or the row is not in its place
     */
    void next(BytesView key, BytesView row) {
        checkKnown(key, row);
        if (before.length() > 0 && Integer.signum(key.compareTo(before)) != direction) {
            throw new StoreCorruptedException(
                    "a row beside the blocks is not in its place: key="
                            + printable(key)
                            + " beside="
                            + printable(before),
                    Log.REMEDY);
        }
        before.wrapLasting(key);
    }

    /** Sees that there is such a key. */
    static void checkKnown(BytesView key, BytesView row) {
        if (!isKnown(key, row)) {
            throw new StoreCorruptedException(
                    "a row beside the blocks has a key that is not known, so it may have been a"
                            + " hold: key="
                            + printable(key),
                    Log.REMEDY);
        }
    }

    private static boolean isKnown(BytesView key, BytesView row) {
        return HoldRows.isKey(key)
                || BaseRows.isEntry(key, row)
                || key.equals(BaseRows.HEAD)
                || key.equals(Log.IDENTITY)
                || key.equals(TamperEvidence.KEY);
    }

    /** As text, with what is no printable ASCII, and the backslash, in hexadecimal. */
    private static String printable(BytesView key) {
        StringBuilder text = new StringBuilder();
        for (byte next : key.toByteArray()) {
            if (next > ' ' && next < 0x7f && next != '\\') {
                text.append((char) next);
            } else {
                text.append(String.format("\\x%02x", next));
            }
        }
        return text.toString();
    }
}
