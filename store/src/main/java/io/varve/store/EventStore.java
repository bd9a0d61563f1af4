package io.varve.store;

import io.varve.store.errors.StoreClosedException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.lmdb.NativeLibrary;
import io.varve.store.lmdb.Uninterrupted;
import io.varve.store.serde.EventSerde;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * An append-only log of events in a folder; see the package for its promises.
 *
 * <pre>{@code
 * try (EventStore store = EventStore.open(Path.of("data"))) {
 *     Category<OrderEvent> orders = store.category("orders", serde);
 *     orders.append("order-7", ExpectedVersion.noStream(), new OrderPlaced("7", 1250));
 *     orders.read("order-7").forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Thread-safe. One process at a time has a folder open. Up to 1,024 reads may be in their
 * visitors at once.
 */
public final class EventStore implements EventReader, AutoCloseable {
    private final StoreConfig config;
    private final StoreParts parts;

    private EventStore(StoreConfig config, StoreParts parts) {
        this.config = config;
        this.parts = parts;
    }

    /**
     * Opens a store, and makes it first where there is none, unless {@link
     * StoreConfig#createIfMissing} says not to. What was appended since the index was last merged
     * is read again: at most about twice {@link StoreConfig#mergeEvents()} events, and all of them
     * where the index is missing.
     *
     * @param config where and how
     * @return the store; close it
     * @throws io.varve.store.errors.StoreLockedException if a process has it open, this one
     *     included
     * @throws StoreCorruptedException if its newest events are damaged
     * @throws io.varve.store.errors.IncompatibleStoreException if its folders {@code log} or {@code
     *     index} hold an LMDB file of another program, or none at all, or if a newer version wrote
     *     its newest events; nothing is changed
     * @throws io.varve.store.errors.InsecureStoreException if everybody may write its folders
     *     {@code log} or {@code index} or their files, or one of the files is a symbolic link, or
     *     has a second name (a hard link)
     * @throws io.varve.store.errors.FolderRefusedException if there is something else in the place
     *     of the folder or of a file; or no store, where none may be made
     */
    public static EventStore open(StoreConfig config) {
        NativeLibrary.begin();
        return new EventStore(config, StoreParts.open(config));
    }

    /**
     * Opens a store with defaults.
     *
     * @param path the folder, of this store alone; made where it is missing
     * @return the store; close it
     */
    public static EventStore open(Path path) {
        return open(StoreConfig.at(path));
    }

    /**
     * How it was opened.
     *
     * @return the configuration
     */
    public StoreConfig config() {
        return config;
    }

    /**
     * Which history it holds.
     *
     * @return the same at every opening
     */
    public StoreIdentity identity() {
        return parts.log().identity();
    }

    /**
     * Streams of like things, with typed events.
     *
     * @param name of the category, without {@code /}
     * @param serde turns its events into bytes and back
     * @param <E> what the events have in common
     * @return the category
     */
    public <E> Category<E> category(String name, EventSerde<E> serde) {
        return new Category<>(this, name, serde);
    }

    /**
     * Appends events to one stream, all or nothing.
     *
     * @param stream which
     * @param expected of its version
     * @param events one or more
     * @return where they went; they have survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.WrongExpectedVersionException if the stream is at another
     *     version
     * @throws io.varve.store.errors.VarveException as {@link #append(EventBatch)}
     */
    public AppendResult append(StreamId stream, ExpectedVersion expected, NewEvent... events) {
        Objects.requireNonNull(events, "events");
        EventBatch batch = new EventBatch().expect(stream, expected);
        for (NewEvent event : events) {
            batch.add(stream, event);
        }
        return append(batch);
    }

    /**
     * Appends a batch, all or nothing. Batches that come at once, from several threads, are
     * committed together.
     *
     * @param batch one event or more; leave it alone until this returns
     * @return where they went; they have survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.WrongExpectedVersionException if a stream is at another version
     * @throws io.varve.store.errors.StreamTombstonedException if a stream has ended
     * @throws io.varve.store.errors.IdempotencyKeyReusedException if the batch's key belongs to
     *     other events
     * @throws io.varve.store.errors.ProducerFencedException if another instance of the producer has
     *     taken over
     * @throws io.varve.store.errors.WrongProducerMarkException if the producer's mark is elsewhere
     * @throws io.varve.store.errors.LimitExceededException if a payload is too large, or the
     *     headers of an event are
     * @throws io.varve.store.errors.StoreFullException if there is no room; nothing was appended
     * @throws io.varve.store.errors.AppendOutcomeUnknownException if the disk failed meanwhile
     * @throws io.varve.store.errors.StoreFailedException if the disk failed earlier
     */
    public AppendResult append(EventBatch batch) {
        return tryAppend(batch).orThrow();
    }

    /**
     * Appends a batch, all or nothing, or says why it was not appended: for those to whom another's
     * append is an ordinary answer.
     *
     * <p>It looks, in this order, for the idempotency key, tombstones, expected versions and the
     * producer mark; the first that stands against the append is the answer.
     *
     * @param batch one event or more; leave it alone until this returns
     * @return where it went, or what stood against it
     * @throws io.varve.store.errors.LimitExceededException if a payload is too large, or the
     *     headers of an event are
     * @throws io.varve.store.errors.StoreFullException if there is no room; nothing was appended
     * @throws io.varve.store.errors.AppendOutcomeUnknownException if the disk failed meanwhile
     * @throws io.varve.store.errors.StoreFailedException if the disk failed earlier
     * @throws IllegalArgumentException if the batch is empty, or its producer mark lies beyond the
     *     head
     */
    public AppendOutcome tryAppend(EventBatch batch) {
        Objects.requireNonNull(batch, "batch");
        batch.mark().ifPresent(mark -> mark.checkReached(head()));
        return parts.appender().append(batch);
    }

    /**
     * Ends a stream with a tombstone, an event that no other follows: every later append to the
     * stream is refused, whatever it expects, a second tombstone included. What the stream holds
     * stays readable, and the tombstone is read as its last event.
     *
     * @param stream which; one without events gets the tombstone as its only one
     * @param expected of its version
     * @return where the tombstone is; it has survived what {@link StoreConfig#durability()} says
     * @throws io.varve.store.errors.StreamTombstonedException if the stream has ended before
     * @throws io.varve.store.errors.WrongExpectedVersionException if the stream is at another
     *     version
     */
    public AppendResult tombstone(StreamId stream, ExpectedVersion expected) {
        return append(new EventBatch().expect(stream, expected).tombstone(stream));
    }

    /**
     * Up to where a producer has reacted, as its last append says; see {@link ProducerMark}.
     *
     * @param producer its name
     * @return empty where the log has no mark of it
     */
    public Optional<RecordedMark> producerMark(String producer) {
        ProducerMark.checkProducer(producer);
        return parts.reads().mark(producer);
    }

    @Override
    public long head() {
        return parts.signal().head();
    }

    /**
     * Removes the oldest events, and keeps what is still needed.
     *
     * @return of this store
     */
    public Retention retention() {
        return parts.retention();
    }

    @Override
    public OptionalLong version(StreamId stream) {
        return parts.reads().version(stream);
    }

    /**
     * Sees that a stream has all its events.
     *
     * @throws io.varve.store.errors.EventsTruncatedException if the first of them were cut off
     */
    void checkWhole(StreamId stream) {
        parts.reads().checkWhole(stream);
    }

    /**
     * Lists streams and categories, and tells where they end.
     *
     * @return always the same object
     */
    public StreamCatalog streams() {
        return parts.reads().streams();
    }

    @Override
    public void read(EventQuery query, EventVisitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        parts.reads().read(Objects.requireNonNull(query, "query"), visitor);
    }

    /**
     * Reads a slice of the log: events of all streams, in order, up to the last one there is when
     * the call begins. For who derives something from the log, as a projection does: it has readers
     * of its own, and so goes on where {@link #read} is refused because 1,024 visitors are busy.
     *
     * <p>A few dozen slices are read at once, and who comes then waits for one of these. So the
     * visitor copies or decodes, and waits for nobody.
     *
     * @param from the position to begin at, 0 or more
     * @param limit how many events at most, 0 or more
     * @param visitor is lent each event until it returns false
     * @throws io.varve.store.errors.VarveException as {@link #read}
     */
    public void readSlice(long from, int limit, EventVisitor visitor) {
        Objects.requireNonNull(visitor, "visitor");
        parts.reads().readOwn(EventQuery.all().from(from).limit(limit), visitor);
    }

    @Override
    public List<RecordedEvent> readList(EventQuery query) {
        List<RecordedEvent> events = new ArrayList<>();
        read(query, event -> events.add(event.toRecordedEvent()));
        return events;
    }

    @Override
    public EventCursor cursor(EventQuery query) {
        return new EventCursor(parts.reads().scan(Objects.requireNonNull(query, "query")));
    }

    @Override
    public boolean awaitPosition(long position, Duration timeout) throws InterruptedException {
        return parts.signal().await(position, timeout);
    }

    /**
     * Unparks threads when the log has reached a position: a wait for who chooses anew, again and
     * again, which of his threads waits. Others wait with {@link #awaitPosition}.
     *
     * @return wakes nobody yet; close it
     */
    public WakeOnCommit wakeOnCommit() {
        return new WakeOnCommit(parts.signal());
    }

    @Override
    public CompletableFuture<Long> whenCommitted(long position) {
        return parts.notifier().whenCommitted(position);
    }

    @Override
    public void follow(EventQuery query, EventVisitor visitor) throws InterruptedException {
        Objects.requireNonNull(visitor, "visitor");
        parts.reads().follow(Objects.requireNonNull(query, "query"), visitor);
    }

    @Override
    public Flow.Publisher<RecordedEvent> publisher(EventQuery query) {
        LogReads.checkForward(Objects.requireNonNull(query, "query"));
        return subscriber ->
                new EventSubscription(parts.reads(), parts.signal(), query, subscriber).start();
    }

    @Override
    public long chainHash(long position) {
        return parts.reads().chain(position);
    }

    /**
     * The hash of all events up to now, in a store with tamper evidence: to be kept elsewhere, so
     * that {@link #verifySeals} can tell later whether any of them was changed.
     *
     * @return empty while there is no event since tamper evidence is on
     * @throws IllegalStateException if the store has no tamper evidence, see {@link
     *     StoreConfig#withTamperEvidence}
     */
    public Optional<Seal> seal() {
        return parts.seals().seal();
    }

    /**
     * Computes the hashes of all blocks anew, and compares them with those in the blocks and with
     * seals. Without seals it finds what was changed by somebody who did not change all hashes
     * behind it too; with one it finds everything up to it: each changed byte, blocks that were
     * replaced, left out or put in, an end that was cut off, hashes that were taken away. What is
     * kept of blocks that were truncated (names and versions of streams, names of types, marks of
     * producers) has checksums only, and is not proved by seals.
     *
     * <p>Reads the whole log; appends go on meanwhile.
     *
     * @param seals what {@link #seal} has given, as it was kept elsewhere; may be empty
     * @return what was found
     * @throws StoreClosedException if the store is closed meanwhile
     */
    public SealReport verifySeals(List<Seal> seals) {
        return verifySeals(seals, ProgressListener.none());
    }

    /**
     * As {@link #verifySeals(List)}, and tells how far it is.
     *
     * @param seals what {@link #seal} has given, as it was kept elsewhere; may be empty
     * @param listener is told how many positions were passed
     * @return what was found
     * @throws StoreClosedException if the store is closed meanwhile
     */
    public SealReport verifySeals(List<Seal> seals, ProgressListener listener) {
        return parts.seals().verify(List.copyOf(Objects.requireNonNull(seals, "seals")), listener);
    }

    @Override
    public long commitTimeMillis(long position) {
        return parts.reads().commitTimeMillis(position);
    }

    /**
     * Makes a backup of the log as of now, while appends and reads go on: all events up to the head
     * as of the call, and none behind it. The index is not part of it; a restored store builds it.
     *
     * <p>The log is read in short transactions, so a long backup keeps no room from being used
     * again. Every block is checked on the way: damage is not copied, but told. The folder appears
     * whole and on the disk, or not at all; see {@link Backups} for what to do with it.
     *
     * @param target a folder that is missing or empty, outside the store's own
     * @param listener is told how many events were copied
     * @return what the backup holds
     * @throws io.varve.store.errors.FolderRefusedException if the folder is not empty, or inside
     *     the store
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws StoreCorruptedException if the log is damaged
     */
    public BackupManifest backup(Path target, ProgressListener listener) {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(listener, "listener");
        return Uninterrupted.call(
                () -> BackupWriter.write(parts.log(), head(), config.path(), target, listener));
    }

    /**
     * Reads the whole store while it is used, up to the head as of the call: the structure of its
     * files, checksums and chain of all blocks, every event, and the index against the log. Damage
     * is reported, not thrown. It takes 40 bytes of memory a stream, beside the largest event.
     *
     * <p>While the structure of a file is checked, and while the index is compared, LMDB uses no
     * page again, so that the files may grow by what is committed meanwhile.
     *
     * @param listener is told how many bytes of the log were read, about
     * @return what was found
     */
    public VerificationReport verify(ProgressListener listener) {
        return Uninterrupted.call(() -> parts.verify(listener));
    }

    /**
     * Brings everything that was appended before this call to the disk. With {@link
     * Durability#SYNC} it is there already.
     *
     * @throws io.varve.store.errors.StoreFailedException if a sync failed earlier
     * @throws io.varve.store.errors.StoreIoException if the sync fails; the store stops writing
     * @throws StoreClosedException if the store is closed
     */
    public void sync() {
        long head = head();
        parts.signal().checkOpen();
        parts.log().durable().ifPresent(durable -> durable.ensure(head));
    }

    /**
     * The last position that is on disk: no crash of the machine takes it, or what is before it.
     *
     * @return {@link #head()} with {@link Durability#SYNC}, and less at times with {@link
     *     Durability#async}; -1 where there is none
     */
    public long durablePosition() {
        return parts.log().durable().map(DurablePosition::position).orElseGet(this::head);
    }

    /**
     * Waits until an event is on disk. It waits for the next sync, and forces none: see {@link
     * #sync}.
     *
     * @param position of the event, 0 or more
     * @param timeout how long at most
     * @return whether it is; false when the time is up
     * @throws InterruptedException if the thread is interrupted meanwhile
     * @throws io.varve.store.errors.StoreFailedException if a sync fails meanwhile, or did earlier
     * @throws StoreClosedException if the store is closed meanwhile
     */
    public boolean awaitDurable(long position, Duration timeout) throws InterruptedException {
        parts.signal().checkOpen();
        return parts.log().durable().isPresent()
                ? parts.log().durable().get().await(position, timeout)
                : awaitPosition(position, timeout);
    }

    /**
     * Tells how the store is, and whether a reader holds it up.
     *
     * @return as of now; costs no more than a look at two files
     * @throws StoreClosedException if the store is closed
     */
    public StoreMetrics metrics() {
        parts.signal().checkOpen();
        return parts.metrics(this);
    }

    /**
     * Lets the commit that is going on end, refuses what comes later, brings the index up to date
     * and gives the folder back. Closing twice does nothing; whoever closes while another does
     * waits for him.
     *
     * @throws io.varve.store.errors.StoreIoException if memory runs out, again and again: close it
     *     once more; or if it had run out, and LMDB has a change that nobody can end: what was
     *     acknowledged is kept, and the folder stays locked until the process ends
     * @throws IllegalStateException if it is called by the clock of the store's config
     */
    @Override
    public void close() {
        parts.close();
    }
}
