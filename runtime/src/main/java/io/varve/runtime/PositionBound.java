package io.varve.runtime;

/** How new a read model must be to be read. */
public sealed interface PositionBound {
    /**
     * As it is.
     *
     * @return the bound that is always met
     */
    static PositionBound any() {
        return new Any();
    }

    /**
     * With everything up to a position applied: pass the last position of an append to read what
     * was written. An event that was left out, because it failed or waits behind one that did,
     * counts as applied; {@link ReadView#deadLetter} tells.
     *
     * @param position of the log; -1, the head of an empty one, is {@link #any()}
     * @return the bound
     */
    static PositionBound at(long position) {
        return position == -1 ? any() : new At(position);
    }

    /** As it is. */
    record Any() implements PositionBound {}

    /**
     * With everything up to a position applied.
     *
     * @param position of the log, 0 or more
     */
    record At(long position) implements PositionBound {
        /**
         * Refuses negative positions.
         *
         * @param position of the log, 0 or more
         */
        public At {
            if (position < 0) {
                throw new IllegalArgumentException(
                        "A position is 0 or more; use any() to wait for nothing: position="
                                + position);
            }
        }
    }
}
