package io.varve.projections;

import java.util.Arrays;
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
    private final boolean watched;

    // The builder's signatures made sure that an operator gets what its parents forward.
    @SuppressWarnings("unchecked")
    ProcessorNode(
            String name, TaskContext context, Operator<?, ?> operator, ProcessorNode[] children) {
        this.name = name;
        this.context = context;
        this.operator = (Operator<Object, Object>) operator;
        this.children = children;
        this.watched =
                Arrays.stream(children).anyMatch(one -> one.operator != FORWARD || one.watched);
    }

    void process(Object key, Object value) {
        try {
            operator.process(key, value, this);
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw blame(e);
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
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw blame(e);
        }
    }

    /** It with the code of the user, if it is that of a processor. */
    Optional<PunctualNode> punctual() {
        Object code = operator;
        return code instanceof ProcessorOperator<?, ?> processor
                ? Optional.of(new PunctualNode(this, processor))
                : Optional.empty();
    }

    /** Does something because its time has come: that it fails is no fault of the event in hand. */
    void due(Object key, long time, Runnable work) {
        DueWork before = context.due(new DueWork(name, key, time));
        try {
            work.run();
        } catch (Exception | StackOverflowError | AssertionError | LinkageError e) {
            // a checked one too: not every language makes one declare it
            throw blame(e);
        } finally {
            context.due(before);
        }
    }

    /** What to throw where the node has thrown. */
    RuntimeException blame(Throwable e) {
        return context.blame(name, e);
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

    /** Whether what it forwards comes to a node that looks at it. */
    boolean isWatched() {
        return watched;
    }

    boolean hasChildren() {
        return children.length > 0;
    }
}
