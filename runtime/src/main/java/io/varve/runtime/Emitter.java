package io.varve.runtime;

import io.varve.projections.EmittedEvent;
import io.varve.projections.Outbox;
import io.varve.store.EventBatch;
import io.varve.store.EventHeaders;
import io.varve.store.EventStore;
import io.varve.store.ProducerMark;
import io.varve.store.RecordedMark;
import io.varve.store.errors.WrongProducerMarkException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Appends to the log what a projection has emitted and committed, if its generation is live. How
 * far that is, only the log says: each append moves the producer's mark, from where it was, to the
 * last position whose events it has, all of them.
 *
 * <pre>
 *   outbox     ... 17 17 | 21 25 25 25 | 30        numbers are positions
 *   mark                17            25           each append is one step
 * </pre>
 *
 * <p>One that is not live reads the mark, and lets go of what was appended by the one that is. It
 * belongs to the worker.
 */
final class Emitter {
    /** Bytes of payload, and events, of one append, if one position has not more. */
    private static final int ENOUGH = 1 << 20;

    /** Of all instances: who is live is decided before, and each append compares the mark. */
    private static final long EPOCH = 0;

    private final boolean emits;
    private final String projection;
    private final String producer;
    private final EventStore store;
    private final RuntimeContext context;
    private final StateEnvironment environment;
    private final Progress progress;
    private final ProjectionWriter writer;
    private final BooleanSupplier abandoned;
    private final Activity activity;
    private final EventBatch batch = new EventBatch();
    private Optional<RecordedMark> mark = Optional.empty();
    private long lookedAt = Long.MIN_VALUE;
    private boolean wasLive;

    /**
     * Reads the mark.
     *
     * @param abandoned tells that nothing may be appended any more
     * @param activity is told of each append
     */
    Emitter(
            ReadModel model,
            ProjectionWriter writer,
            BooleanSupplier abandoned,
            Activity activity) {
        this.emits = !model.projection().topology().sinks().isEmpty();
        this.projection = model.projection().name();
        this.producer = producer(projection);
        this.context = model.context();
        this.store = context.store();
        this.environment = model.partitions().get(0).environment();
        this.progress = model.progress();
        this.writer = writer;
        this.abandoned = abandoned;
        this.activity = activity;
        if (emits) {
            readMark();
        }
    }

    private static String producer(String projection) {
        return "projection/" + projection;
    }

    /** Up to which position a log has what a projection has emitted; -1 if it has nothing. */
    static long mark(EventStore store, String projection) {
        return store.producerMark(producer(projection)).map(RecordedMark::position).orElse(-1L);
    }

    /** Does what is to be done since the last time; mostly nothing. */
    void emit() {
        if (!emits) {
            return;
        }
        boolean live = progress.isLive();
        long committed = writer.committed();
        if (committed == lookedAt && live == wasLive) {
            return;
        }
        if (!live || !wasLive) {
            readMark(); // another may have moved it
        }
        if (live) {
            appendAll();
        }
        wasLive = live;
        lookedAt = committed;
    }

    private void readMark() {
        mark = store.producerMark(producer);
        mark.ifPresent(found -> writer.appended(found.position()));
    }

    private void appendAll() {
        List<EmittedEvent> next = next();
        while (!next.isEmpty() && !abandoned.getAsBoolean()) {
            activity.step();
            append(next);
            next = next();
        }
    }

    private List<EmittedEvent> next() {
        try (StateView view = environment.ownView()) {
            return Outbox.next(view, mark.map(RecordedMark::position).orElse(-1L), ENOUGH);
        }
    }

    private void append(List<EmittedEvent> events) {
        if (mark.isEmpty()) {
            EmittedAlreadyException.check(store, projection, producer, events.get(0));
        }
        batch.clear();
        for (EmittedEvent one : events) {
            EventHeaders headers = one.event().headers().withEventId(one.id(projection));
            batch.add(one.stream(), one.event().with(headers));
        }
        long last = events.get(events.size() - 1).position();
        ProducerMark next =
                mark.map(before -> before.next(last))
                        .orElseGet(() -> ProducerMark.first(producer, EPOCH, last));
        context.reached("emit.begun");
        try {
            store.append(batch.producerMark(next));
        } catch (WrongProducerMarkException e) {
            // One that was given up has come to the end of its append after all.
            readMark();
            return;
        }
        context.reached("emit.appended");
        mark = Optional.of(new RecordedMark(producer, next.epoch(), last));
        writer.appended(last);
    }
}
