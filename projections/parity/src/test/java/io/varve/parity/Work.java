package io.varve.parity;

import java.util.List;

/** What processors do, in both systems. */
enum Work {
    /** Tells how many records of the key there were. */
    COUNT {
        @Override
        void process(Desk desk, String key, Long value, long time) {
            desk.forward(key, desk.add(key, 1), time);
        }
    },
    /** Every record twice, the first one as of a time before. */
    TWICE {
        @Override
        void process(Desk desk, String key, Long value, long time) {
            desk.forward(key, value, Math.max(0, time - 5));
            desk.forward("twice", value, time);
        }
    },
    /** Every second record of a key. */
    EVERY_OTHER {
        @Override
        void process(Desk desk, String key, Long value, long time) {
            if (desk.add(key, 1) == 2) {
                desk.add(key, -2);
                desk.forward(key, value, time);
            }
        }
    },
    /** The sum of all values; keys stay. */
    SUM {
        @Override
        void process(Desk desk, String key, Long value, long time) {
            desk.forward(key, desk.add("all", value == null ? 0 : value), time);
        }
    },
    /** Counts records, and tells of the counts from time to time. */
    TICK {
        @Override
        void process(Desk desk, String key, Long value, long time) {
            desk.add(key, 1);
        }

        @Override
        void tick(Desk desk, long time) {
            for (String key : desk.keys()) {
                desk.forward(key, desk.get(key), time);
                desk.put(key, null);
            }
            desk.forward("tick", null, time);
        }
    },
    /** The same by the clock, for Varve alone: when it is first due is another rule there. */
    CLOCK {
        @Override
        void process(Desk desk, String key, Long value, long time) {
            TICK.process(desk, key, value, time);
        }

        @Override
        void tick(Desk desk, long time) {
            TICK.tick(desk, time);
        }
    };

    static final long TICK_MILLIS = 10;

    /** The same in both systems. */
    static final Work[] COMPARABLE = {COUNT, TWICE, EVERY_OTHER, SUM, TICK};

    static final Work[] ALL = values();

    /** What a processor works with: a store of numbers, and the way on. */
    interface Desk {
        Long get(String key);

        void put(String key, Long value);

        List<String> keys();

        void forward(String key, Long value, long time);

        /** A record without a key has no row. */
        default Long add(String key, long much) {
            String row = key == null ? "nobody" : key;
            Long before = get(row);
            put(row, (before == null ? 0 : before) + much);
            return get(row);
        }
    }

    abstract void process(Desk desk, String key, Long value, long time);

    void tick(Desk desk, long time) {}

    boolean hasTicks() {
        return this == TICK || this == CLOCK;
    }

    boolean keepsKeys() {
        return this == SUM;
    }
}
