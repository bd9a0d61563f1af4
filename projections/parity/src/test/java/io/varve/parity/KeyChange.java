package io.varve.parity;

/** What both systems make of keys. */
enum KeyChange {
    BY_REMAINDER {
        @Override
        String of(String key, Long value) {
            return value == null ? "none" : "r" + value % 3;
        }
    },
    NULL_FOR_SMALL {
        @Override
        String of(String key, Long value) {
            return value != null && value < 3 ? null : key;
        }
    },
    ONE {
        @Override
        String of(String key, Long value) {
            return "one";
        }
    },
    /** A key of a source; null at times. */
    BY_VALUE {
        @Override
        String of(String key, Long value) {
            return value == null
                    ? null
                    : switch ((int) (value % 4)) {
                        case 0 -> "a";
                        case 1 -> "bb";
                        case 2 -> "c";
                        default -> null;
                    };
        }
    },
    FIRST_LETTER {
        @Override
        String of(String key, Long value) {
            return key == null ? "nobody" : key.substring(0, 1);
        }
    };

    abstract String of(String key, Long value);
}
