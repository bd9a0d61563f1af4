package io.varve.parity;

/** What both systems make of values. */
enum Change {
    PLUS_ONE {
        @Override
        Long of(String key, Long value) {
            return value == null ? null : value + 1;
        }
    },
    NULL_IF_ODD {
        @Override
        Long of(String key, Long value) {
            return value == null || value % 2 != 0 ? null : value;
        }
    },
    ZERO_FOR_NULL {
        @Override
        Long of(String key, Long value) {
            return value == null ? 0 : value;
        }
    },
    WITH_KEY {
        @Override
        Long of(String key, Long value) {
            return value == null ? null : value * 10 + (key == null ? 0 : key.length());
        }
    };

    abstract Long of(String key, Long value);
}
