package io.varve.store.state;

import io.varve.store.bytes.BytesView;
import io.varve.store.state.ReadOnlyTable.RowVisitor;
import java.util.Arrays;
import java.util.Optional;

/**
 * Rows in the unsigned order of their keys. Immutable: a change gives other rows, which share all
 * but {@code O(log n)} nodes with these. So a snapshot costs nothing, and a commit is one
 * assignment.
 *
 * <p>A tree balanced by weight, with the parameters (3, 2) proved right by Y. Hirai and K.
 * Yamamoto, "Balancing weight-balanced trees", Journal of Functional Programming 21 (2011). An
 * object is a node and the rows below it.
 */
final class InMemoryRows {
    static final InMemoryRows NONE = new InMemoryRows();

    private static final int DELTA = 3;
    private static final int GAMMA = 2;

    private final byte[] key;
    private final byte[] value;
    private final InMemoryRows left;
    private final InMemoryRows right;
    private final int size;

    private InMemoryRows() {
        key = new byte[0];
        value = key;
        left = this;
        right = this;
        size = 0;
    }

    private InMemoryRows(byte[] key, byte[] value, InMemoryRows left, InMemoryRows right) {
        this.key = key;
        this.value = value;
        this.left = left;
        this.right = right;
        this.size = left.size + right.size + 1;
    }

    int size() {
        return size;
    }

    /** The longest way from here down, in nodes. */
    int height() {
        return size == 0 ? 0 : 1 + Math.max(left.height(), right.height());
    }

    Optional<byte[]> get(byte[] wanted) {
        InMemoryRows node = this;
        while (node.size > 0) {
            int order = Arrays.compareUnsigned(wanted, node.key);
            if (order == 0) {
                return Optional.of(node.value);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    InMemoryRows put(byte[] newKey, byte[] newValue) {
        if (size == 0) {
            return new InMemoryRows(newKey, newValue, NONE, NONE);
        }
        int order = Arrays.compareUnsigned(newKey, key);
        if (order == 0) {
            return new InMemoryRows(newKey, newValue, left, right);
        }
        return order < 0
                ? balanced(left.put(newKey, newValue), right)
                : balanced(left, right.put(newKey, newValue));
    }

    /** The same object if there is no such row. */
    InMemoryRows remove(byte[] oldKey) {
        if (size == 0) {
            return this;
        }
        int order = Arrays.compareUnsigned(oldKey, key);
        if (order == 0) {
            return joined(left, right);
        }
        InMemoryRows newLeft = order < 0 ? left.remove(oldKey) : left;
        InMemoryRows newRight = order > 0 ? right.remove(oldKey) : right;
        return newLeft == left && newRight == right ? this : balanced(newLeft, newRight);
    }

    /**
     * Walks the rows from {@code from} to before {@code to}; empty means no bound. False if
     * stopped.
     */
    boolean scan(byte[] from, byte[] to, RowVisitor visitor) {
        if (size == 0) {
            return true;
        }
        boolean notBefore = Arrays.compareUnsigned(key, from) >= 0;
        boolean notBehind = to.length == 0 || Arrays.compareUnsigned(key, to) < 0;
        return (!notBefore || left.scan(from, to, visitor))
                && (!notBefore || !notBehind || visit(visitor))
                && (!notBehind || right.scan(from, to, visitor));
    }

    /** Walks the same rows the other way. False if stopped. */
    boolean reverseScan(byte[] from, byte[] to, RowVisitor visitor) {
        if (size == 0) {
            return true;
        }
        boolean notBefore = Arrays.compareUnsigned(key, from) >= 0;
        boolean notBehind = to.length == 0 || Arrays.compareUnsigned(key, to) < 0;
        return (!notBehind || right.reverseScan(from, to, visitor))
                && (!notBefore || !notBehind || visit(visitor))
                && (!notBefore || left.reverseScan(from, to, visitor));
    }

    private boolean visit(RowVisitor visitor) {
        // Emptied afterwards, so that one who keeps a lent view notices here and not first on LMDB.
        BytesView lentKey = BytesView.of(key);
        BytesView lentValue = BytesView.of(value);
        try {
            return visitor.row(lentKey, lentValue);
        } finally {
            lentKey.release();
            lentValue.release();
        }
    }

    /** This row between those, which differ from its children by one row. */
    private InMemoryRows balanced(InMemoryRows l, InMemoryRows r) {
        if (l.size + r.size <= 1) {
            return new InMemoryRows(key, value, l, r);
        }
        if (r.weight() > DELTA * l.weight()) {
            return r.left.weight() < GAMMA * r.right.weight()
                    ? leftTurned(l, r)
                    : leftTurned(l, r.rightTurned(r.left, r.right));
        }
        if (l.weight() > DELTA * r.weight()) {
            return l.right.weight() < GAMMA * l.left.weight()
                    ? rightTurned(l, r)
                    : rightTurned(l.leftTurned(l.left, l.right), r);
        }
        return new InMemoryRows(key, value, l, r);
    }

    private long weight() {
        return size + 1L;
    }

    private InMemoryRows leftTurned(InMemoryRows l, InMemoryRows r) {
        InMemoryRows below = new InMemoryRows(key, value, l, r.left);
        return new InMemoryRows(r.key, r.value, below, r.right);
    }

    private InMemoryRows rightTurned(InMemoryRows l, InMemoryRows r) {
        InMemoryRows below = new InMemoryRows(key, value, l.right, r);
        return new InMemoryRows(l.key, l.value, l.left, below);
    }

    private static InMemoryRows joined(InMemoryRows l, InMemoryRows r) {
        if (l.size == 0) {
            return r;
        }
        if (r.size == 0) {
            return l;
        }
        if (l.size > r.size) {
            InMemoryRows last = l.last();
            return last.balanced(l.remove(last.key), r);
        }
        InMemoryRows first = r.first();
        return first.balanced(l, r.remove(first.key));
    }

    private InMemoryRows first() {
        return left.size == 0 ? this : left.first();
    }

    private InMemoryRows last() {
        return right.size == 0 ? this : right.last();
    }
}
