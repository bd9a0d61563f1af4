package io.varve.projections;

import java.util.Optional;

/**
 * A node at work in one task. A hop from node to node is two calls and allocates nothing: key and
 * value travel as arguments, what belongs to the event stays in the {@link TaskContext}.
 */
final class ProcessorNode {
    /** What a source and a merge do. */
    static final Operator<Object, Object> FORWARD = (key, value, out) -> out.forward(key, value);

    private final String name;
    private final TaskContext context;
    private final Operator<Object, Object> operator;
    private final ProcessorNode[] children;

    // The builder's signatures made sure that an operator gets what its parents forward.
    @SuppressWarnings("unchecked")
    ProcessorNode(
            String name, TaskContext context, Operator<?, ?> operator, ProcessorNode[] children) {
        this.name = name;
        this.context = context;
        this.operator = (Operator<Object, Object>) operator;
        this.children = children;
    }

    void process(Object key, Object value) {
        try {
            operator.process(key, value, this);
        } catch (Exception e) { // a checked one too: not every language makes one declare it
            throw context.blame(name, e);
        }
    }

    /** Whether something is to be done behind each event. */
    boolean isPunctual() {
        return operator instanceof ProcessorOperator;
    }

    /** Does it. */
    void punctuate() {
        try {
            ((ProcessorOperator<?, ?>) (Operator<?, ?>) operator).punctuate(this);
        } catch (Exception e) { // a checked one too: not every language makes one declare it
            throw context.blame(name, e);
        }
    }

    /** What it does as time passes. */
    Optional<Timed> timed() {
        Object code = operator;
        return code instanceof Timed timed ? Optional.of(timed) : Optional.empty();
    }

    /** Lets time pass for it. */
    void pass(Timed timed, long time) {
        try {
            timed.pass(time, this);
        } catch (Exception e) { // a checked one too: not every language makes one declare it
            throw context.blame(name, e);
        }
    }

    /** It is this time by the clock; for a punctual node. */
    void tick(long now) {
        try {
            ((ProcessorOperator<?, ?>) (Operator<?, ?>) operator).tick(now, this);
        } catch (Exception e) { // a checked one too: not every language makes one declare it
            throw context.blame(name, e);
        }
    }

    /** When a punctual node has something to do by the clock. */
    long tickDue() {
        return ((ProcessorOperator<?, ?>) (Operator<?, ?>) operator)
                .due(PunctuationType.WALL_CLOCK_TIME);
    }

    /** When it has something to do by stream time. */
    long streamTimeDue() {
        return ((ProcessorOperator<?, ?>) (Operator<?, ?>) operator)
                .due(PunctuationType.STREAM_TIME);
    }

    void forward(Object key, Object value) {
        for (ProcessorNode child : children) {
            child.process(key, value);
        }
    }

    /** Forwards a record of another time than that of the one in hand. */
    void forward(Object key, Object value, long timestamp) {
        long before = context.timestamp(timestamp);
        forward(key, value);
        context.timestamp(before); // after an error the next event sets it
    }

    /** Forwards to one of its children, by its number from 0. */
    void forwardTo(int child, Object key, Object value) {
        children[child].process(key, value);
    }

    int children() {
        return children.length;
    }

    boolean hasChildren() {
        return children.length > 0;
    }
}
