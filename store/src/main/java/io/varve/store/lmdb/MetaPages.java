package io.varve.store.lmdb;

import java.io.IOException;
import java.util.Optional;

/**
 * Both meta pages of a data file at rest.
 *
 * <p>Transaction {@code t} writes one of them and leaves the other, which {@code t - 1} wrote: so
 * they are one apart, whenever the process or the machine goes down. Only in a file that is new
 * both are of transaction 0. A page whose transaction is damaged is found by that; taken for the
 * older one, it would hide the newest commit.
 */
record MetaPages(MetaPage first, MetaPage second) {
    /** Reads them; where the first is none, zeros stand for the second. */
    static MetaPages read(PlainFile file) throws IOException {
        MetaPage first = MetaPage.read(file, 0);
        MetaPage second = first.isMeta() ? MetaPage.read(file, first.pageSize()) : first;
        return new MetaPages(first, second);
    }

    /** The one that LMDB believes. */
    MetaPage newest() {
        return newestSlot() == 0 ? first : second;
    }

    int newestSlot() {
        return Long.compareUnsigned(first.transaction(), second.transaction()) < 0 ? 1 : 0;
    }

    /** What is wrong with one of them, or with both together. */
    Optional<Structure.Problem> problem() {
        for (int slot = 0; slot < 2; slot++) {
            MetaPage meta = slot == 0 ? first : second;
            if (!meta.isMeta()) {
                return problem(slot, "is not a meta page");
            }
            if (meta.number() != slot || (meta.transaction() & 1) != slot && !isNew()) {
                return problem(slot, "is not the meta page that belongs there");
            }
        }
        if (first.pageSize() != second.pageSize()) {
            return problem(1, "is of another page size than the other meta page");
        }
        return isNew() || Math.abs(first.transaction() - second.transaction()) == 1
                ? Optional.empty()
                : problem(newestSlot(), "is not one transaction apart from the other: " + both());
    }

    private boolean isNew() {
        return first.transaction() == 0 && second.transaction() == 0;
    }

    private String both() {
        return first.transaction() + " and " + second.transaction();
    }

    private static Optional<Structure.Problem> problem(int slot, String what) {
        return Optional.of(new Structure.Problem(slot, what));
    }
}
