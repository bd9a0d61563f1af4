package io.varve.parity;

/** Predicates that both systems are given. */
enum Check {
    EVEN {
        @Override
        boolean test(String key, Long value) {
            return value == null || value % 2 == 0;
        }
    },
    THERE {
        @Override
        boolean test(String key, Long value) {
            return value != null;
        }
    },
    BELOW_SIX {
        @Override
        boolean test(String key, Long value) {
            return value != null && value < 6;
        }
    },
    NOT_KEY_A {
        @Override
        boolean test(String key, Long value) {
            return key == null || !key.startsWith("a");
        }
    };

    abstract boolean test(String key, Long value);
}
