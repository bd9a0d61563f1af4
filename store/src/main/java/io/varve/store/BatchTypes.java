package io.varve.store;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The types of a batch, numbered from 0 in the order of their first use. */
final class BatchTypes {
    private final Map<String, Integer> numbers = new HashMap<>();
    private String[] types = new String[4];

    int count() {
        return numbers.size();
    }

    String type(int number) {
        return types[number];
    }

    int numberOf(String type) {
        Integer known = numbers.get(type);
        if (known != null) {
            return known;
        }
        int number = numbers.size();
        numbers.put(type, number);
        if (number == types.length) {
            types = Arrays.copyOf(types, number * 2);
        }
        types[number] = type;
        return number;
    }

    void clear() {
        numbers.clear();
    }
}
