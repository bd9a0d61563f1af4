package io.varve.parity;

import java.util.Arrays;
import java.util.List;

/** What both systems make of a value that becomes several. */
enum Spread {
    TWICE {
        @Override
        List<Long> of(Long value) {
            return value == null ? List.of() : List.of(value, value + 1);
        }
    },
    NONE_OR_ONE {
        @Override
        List<Long> of(Long value) {
            return value == null || value % 2 == 0 ? List.of() : List.of(value);
        }
    },
    WITH_NULL {
        @Override
        List<Long> of(Long value) {
            return Arrays.asList(value, null);
        }
    };

    abstract List<Long> of(Long value);
}
