package io.varve.projections;

/** A node that does something at its times, not only with each record. */
record PunctualNode(ProcessorNode node, ProcessorOperator<?, ?> code) {
    /** Does what is due, behind each event. */
    void punctuate() {
        try {
            code.punctuate(node);
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw node.blame(e);
        }
    }

    /** It is this time by the clock. */
    void tick(long now) {
        try {
            code.tick(now, node);
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw node.blame(e);
        }
    }

    /** Nothing more comes. */
    void close() {
        code.close();
    }

    /** When it has something to do by a time. */
    long due(PunctuationType type) {
        return code.due(type);
    }
}
