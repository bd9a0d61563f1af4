package io.varve.projections;

import io.varve.store.EventHeaders;
import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.VarveException;
import io.varve.store.state.StateEnvironment;
import io.varve.store.state.StateView;
import java.util.Objects;

/**
 * What all nodes and stores of a task share: the event that is being applied, and the committed
 * state.
 */
final class TaskContext {
    private final StateEnvironment environment;

    /** Null until somebody reads: an idle task must not keep the environment from reusing space. */
    private StateView view;

    private int viewsOpened;

    private boolean closed;

    private SourceEvent event;

    /** Of the record in hand: that of the event, or what a node made of it. */
    private long timestamp;

    /** Those of the record in hand, if they are not those of the event; null otherwise. */
    private RecordHeaders headers;

    /** The largest event time seen; the smallest long where there was none. */
    private long streamTime = Long.MIN_VALUE;

    private long committedTime = Long.MIN_VALUE;

    /** Null where no node needs it; asked at each event, which is to make no object. */
    private TaskTime time;

    private final TaskOutbox outbox = new TaskOutbox();

    private final LateRecords lateRecords = new LateRecords();

    /** What nodes further up let through. */
    private RuntimeException passed;

    /** Null while what is done is done for the event, and not because its time has come. */
    private DueWork due;

    TaskContext(StateEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
    }

    void begin(SourceEvent next) {
        event = next;
        passed = null;
        timestamp = next.eventTimeMillis();
        streamTime = Math.max(streamTime, timestamp);
        if (time != null) {
            time.advance(timestamp);
        }
    }

    /** A tick comes, which lets stream time get to a point, unless it is further on. */
    void beginTick(SourceEvent tick, long passed) {
        event = tick;
        this.passed = null;
        timestamp = tick.eventTimeMillis();
        streamTime = Math.max(streamTime, passed);
        if (time != null) {
            time.advance(passed);
            time.tick(timestamp);
        }
    }

    /** Lets a time that is kept go on with events. */
    void keep(TaskTime kept) {
        time = kept;
    }

    /**
     * The event that is being applied.
     *
     * @throws IllegalStateException before the first one
     */
    SourceEvent event() {
        if (event == null) {
            throw new IllegalStateException(
                    "There is no event yet: ask in process() or in a Punctuator, not in init().");
        }
        return event;
    }

    /** Of the record in hand, in milliseconds since 1970. */
    long timestamp() {
        return timestamp;
    }

    /** Sets it; answers what it was. */
    long timestamp(long next) {
        long before = timestamp;
        timestamp = next;
        return before;
    }

    /** Of the record in hand. */
    EventHeaders headers() {
        return headers == null ? event.headers() : headers.headers();
    }

    /** The same, to be kept with the record. */
    RecordHeaders headersToKeep() {
        return headers == null ? new RecordHeaders(event.headers(), false) : headers;
    }

    /** Sets them, or those of the event by null; answers what was set. */
    RecordHeaders headers(RecordHeaders next) {
        RecordHeaders before = headers;
        headers = next;
        return before;
    }

    /** Whether a processor has set others than those of the event. */
    boolean hasOwnHeaders() {
        return headers != null && headers.own();
    }

    /** What a record was to be in a table came too late for that. */
    void late(String store, Object key, long time) {
        lateRecords.add(new LateRecord(store, key, time, event.position(), event.stream()));
    }

    /** What sinks have emitted. */
    TaskOutbox outbox() {
        return outbox;
    }

    LateRecords lateRecords() {
        return lateRecords;
    }

    long streamTime() {
        return streamTime;
    }

    /** The stream time of the last commit. */
    long committedTime() {
        return committedTime;
    }

    /** Everything up to now is committed. */
    void committed() {
        committedTime = streamTime;
    }

    /** Goes on from a commit. */
    void restart(long time) {
        headers = null;
        streamTime = time;
        committedTime = time;
    }

    /**
     * Of the event that is being applied.
     *
     * @throws IllegalStateException before the first one: what is written then is nobody's, and
     *     would not be written again where the task goes back to a commit
     */
    long position() {
        if (event == null) {
            throw new IllegalStateException(
                    "No row can be written and no schedule cancelled in init(): do that in process()"
                            + " or in a Punctuator.");
        }
        return event.position();
    }

    StateView view() {
        if (closed) {
            throw new StoreClosedException(
                    "stores of a projection's task",
                    "Processors have neither them nor a time in close() any more: use them in"
                            + " process() or in a Punctuator.");
        }
        if (view == null) {
            view = environment.ownView();
            viewsOpened++;
        }
        return view;
    }

    /** Tells one view from the next: an environment may hand out the same object again. */
    int viewNumber() {
        return viewsOpened;
    }

    /** Lets go of the committed state as it was; the next reader sees it as it is then. */
    void closeView() {
        if (view != null) {
            view.close();
            view = null;
        }
    }

    /** Nothing is read any more. */
    void close() {
        closed = true;
        closeView();
    }

    /** Says that the state could not be read: not the event's fault, nor that of who handles it. */
    VarveException ofTheState(VarveException e) {
        passed = e;
        return e;
    }

    /**
     * What to throw when a node has thrown. Errors of the state stay what they are; what the code
     * of a node throws is about the event, or about what is due, whatever it is, also if it comes
     * from a store that this code uses.
     */
    RuntimeException blame(String node, Throwable e) {
        if (e != passed) {
            passed =
                    due == null
                            ? new ProjectionException(event, node, e)
                            : new DueWorkException(event, node, due, e);
        }
        return passed;
    }

    /**
     * Begins something that is due, or goes back to what was done before; answers what that was.
     */
    DueWork due(DueWork next) {
        DueWork before = due;
        due = next;
        return before;
    }

    /** Whether what is done is done because its time has come. */
    boolean isDue() {
        return due != null;
    }
}
