package io.varve.store;

import java.util.BitSet;
import java.util.Set;

/**
 * Tells the events a query asks for by their numbers of type and stream; nothing is decoded and
 * nothing allocated per event. One thread at a time.
 */
final class EventFilter {
    private final StreamDirectory directory;
    private final StreamCategories categories;
    private final Set<String> types;

    /** Empty for every category. */
    private final String category;

    private final boolean all;

    private final BitSet typeNumbers = new BitSet();

    /** Types that were looked at. */
    private int typesKnown;

    /** 0 while no stream of the category was met. */
    private int categoryNumber;

    EventFilter(EventQuery query, StreamDirectory directory, StreamCategories categories) {
        this.directory = directory;
        this.categories = categories;
        this.types = query.types();
        this.category = query.source() instanceof EventQuery.Source.OfCategory of ? of.name() : "";
        this.all = types.isEmpty() && category.isEmpty();
    }

    /** Learns the types that were added since. Called after the head was read. */
    void learn() {
        if (types.isEmpty()) {
            return;
        }
        String[] names = directory.types();
        for (; typesKnown < names.length; typesKnown++) {
            if (types.contains(names[typesKnown])) {
                typeNumbers.set(typesKnown);
            }
        }
    }

    /** Whether every event matches. */
    boolean matchesAll() {
        return all;
    }

    /** Whether no event matches up to the head as of {@link #learn}. */
    boolean matchesNone() {
        return !types.isEmpty() && typeNumbers.isEmpty();
    }

    /** Whether an event of a block matches. */
    boolean matches(BlockView block, long position) {
        BlockFields fields = block.fields();
        int place = fields.place((int) (position - block.firstPosition()));
        return (types.isEmpty() || typeNumbers.get(fields.type(place)))
                && (category.isEmpty() || isOfCategory(fields.stream(place)));
    }

    private boolean isOfCategory(int stream) {
        int number = categories.of(stream);
        if (categoryNumber == 0) {
            categoryNumber = categories.number(category);
        }
        return number == categoryNumber;
    }
}
