package io.varve.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The versions of a store in words: of each key that it was ever asked for, as of each time. */
final class Versions {
    private final Set<String> keys = new TreeSet<>();

    /** Finds the row of a key as of a time, in words; empty where there is none. */
    @FunctionalInterface
    interface Finder {
        String find(String key, long time);
    }

    /** Foreign keys may be null. */
    void see(String key) {
        if (key != null) {
            keys.add(key);
        }
    }

    List<String> text(Finder finder, long end) {
        List<String> rows = new ArrayList<>();
        for (String key : List.copyOf(keys)) {
            String last = "";
            for (long time = 0; time <= end; time++) {
                String found = finder.find(key, time);
                if (!found.equals(last)) {
                    rows.add(key + " from " + time + " " + found);
                    last = found;
                }
            }
        }
        return rows;
    }
}
