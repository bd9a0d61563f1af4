package io.varve.runtime;

/**
 * An event of a simulation.
 *
 * @param position counted from where the simulation begins
 * @param failures how often code fails on it, for each projection; {@link #ALWAYS}
 * @param poison whether it cannot be decoded
 */
record SimulatedEvent(long position, int author, long number, int failures, boolean poison) {
    static final int ALWAYS = 1 << 20;
    static final int AUTHORS = 4;

    String stream() {
        return Notes.CATEGORY + "/author-" + author;
    }

    Notes.Note note() {
        return new Notes.Note(author, number);
    }
}
