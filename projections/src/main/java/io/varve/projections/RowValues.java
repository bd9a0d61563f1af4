package io.varve.projections;

import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import java.util.Optional;

/**
 * The values of a store's rows as bytes, and as objects for functions that may change them.
 *
 * <p>A function is given the object of the row, and may change it, as long as nobody else holds it.
 * Where somebody may, it is given a copy, as if it had been read: because of nodes behind the
 * table, which are told what the row was and may keep what they are told; of nodes that find rows
 * in it; or because the object is that of a record, which others see, too. The bytes of such a row
 * are taken when it is written, and not when it is committed, so that what happens to the object in
 * between does not matter. Values that nobody can change are never copied.
 */
final class RowValues<K, V> {
    private final StoreDefinition<K, V> definition;
    private final String node;
    private final BytesWriter writer = new BytesWriter();
    private boolean lent;

    /** A class of values that hold nothing of others, which need not be looked up again. */
    private Class<?> holdsNothing;

    RowValues(StoreDefinition<K, V> definition, String node) {
        this.definition = definition;
        this.node = node;
    }

    /** Other nodes find rows here. */
    void lend() {
        lent = true;
    }

    /**
     * The value of a row for a function that may change it and return it; null where there is none.
     *
     * @param seen whether others see the object that the row has
     */
    V own(Row<K, V> row, boolean seen) {
        V value = row.value();
        return (seen || lent || row.shared) && value != null && !ImmutableValues.isImmutable(value)
                ? copy(row)
                : value;
    }

    private V copy(Row<K, V> row) {
        BytesView bytes = row.sealed == null ? encoded(row, false) : BytesView.of(row.sealed);
        return definition.plainValue(bytes);
    }

    /**
     * Takes the bytes of a row that was written, if others see its object.
     *
     * @param seen whether they do, apart from nodes that find it here
     * @return whether that was so
     */
    boolean seal(Row<K, V> row, boolean seen) {
        if (row.sealed != null) {
            return false;
        }
        V value = row.value();
        if (!seen && !lent || value == null || ImmutableValues.isImmutable(value)) {
            return false;
        }
        definition.valueSerde().serialize(value, writer.reset());
        row.sealed = writer.toByteArray();
        row.shared = true;
        return true;
    }

    /**
     * Whether a value is an object of somebody else that may be changed, or may hold a part of it.
     *
     * @param part the object; null for none
     */
    boolean mayHold(V value, Object part) {
        if (part == null || value == null) {
            return false;
        }
        Class<?> type = value.getClass();
        if (value != part && type == holdsNothing) {
            return false;
        }
        if (!ImmutableValues.mayHold(type)) {
            holdsNothing = type;
            return value == part && !ImmutableValues.isImmutable(part);
        }
        return !ImmutableValues.isImmutable(part);
    }

    /**
     * Takes the bytes of a row that was written with an object of somebody else, and leaves it the
     * object: whoever has made it may fill it again for the next record.
     *
     * @param holds what of the value may be changed; null for nothing
     * @return whether that was so
     */
    boolean keep(Row<K, V> row, Object holds) {
        if (holds == null || row.sealed != null || ImmutableValues.isImmutable(holds)) {
            return false;
        }
        definition.valueSerde().serialize(row.value(), writer.reset());
        row.keep(writer.toByteArray(), definition);
        return true;
    }

    /** The bytes of a value, until the next ones are asked for. */
    BytesView encoded(Row<K, V> row, boolean withTime) {
        writer.reset();
        if (withTime) {
            writer.putOrderedLong(row.time);
        }
        if (row.sealed != null) {
            return writer.putBytes(row.sealed).view();
        }
        try {
            definition.valueSerde().serialize(row.value(), writer);
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            throw row.failure(node, e);
        }
        return writer.view();
    }

    /** The bytes of a value, if there is one; it may be changed before anybody looks at it. */
    Optional<byte[]> copied(Row<K, V> row) {
        return row.isThere() ? Optional.of(encoded(row, false).toByteArray()) : Optional.empty();
    }
}
