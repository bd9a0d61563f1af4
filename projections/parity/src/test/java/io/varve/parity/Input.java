package io.varve.parity;

/** An event; its value may be null. */
record Input(String category, String key, Long value, long time) {
    /** As our log holds it, where an event is never null. */
    record Event(boolean there, long value) {
        static Event of(Long value) {
            return new Event(value != null, value == null ? 0 : value);
        }

        Long toValue() {
            return there ? value : null;
        }
    }

    Event event() {
        return Event.of(value);
    }

    @Override
    public String toString() {
        return category + " " + key + "=" + value + " @" + time;
    }
}
