package io.varve.store;

import io.varve.store.errors.IncompatibleStoreException;
import io.varve.store.errors.LackOfMemory;
import io.varve.store.errors.LimitExceededException;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.LmdbWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Turns batches into blocks and commits them. Called under the append lock.
 *
 * <p>In order: look for the idempotency key, check expectations, tombstones and producer mark,
 * assign positions and versions, encode, commit (on disk then), show readers. Until the commit has
 * succeeded nothing is visible and everything can be taken back: versions are pending, new streams
 * and types are kept apart, positions are noted behind the published version.
 */
final class LogCommitter implements LogAppender.CommitGroup {
    private static final int MOST_TYPES = 1 << 16;

    private final Log log;
    private final StreamDirectory directory;
    private final UnmergedStreams unmerged;
    private final PendingNotes notes;
    private final CommitSignal signal;
    private final Clock clock;
    private final SplittableRandom nonces;
    private final ShaChain sha = new ShaChain();
    private final BlockBuilder block = new BlockBuilder(sha);
    private final Map<StreamId, StreamEntry> newStreams = new LinkedHashMap<>();
    private final Map<String, Integer> newTypes = new LinkedHashMap<>();
    private final List<StreamEntry> touched = new ArrayList<>();

    /** As of the last commit. */
    private long chain;

    private long commitTimeMillis;

    /** As of the block at hand. */
    private long blockPosition;

    private long blockChain;
    private int unnamedStream;
    private int unnamedType;

    LogCommitter(
            Log log,
            StreamDirectory directory,
            NoteDirectory notes,
            UnmergedStreams unmerged,
            CommitSignal signal,
            Clock clock) {
        this.log = log;
        this.directory = directory;
        this.notes = new PendingNotes(notes, log, directory);
        this.unmerged = unmerged;
        this.signal = signal;
        this.clock = clock;
        this.nonces = new SplittableRandom(Entropy.nextLong());
    }

    /** Begins behind what the log holds. */
    void begin(long lastChain, long lastCommitTimeMillis) {
        chain = lastChain;
        commitTimeMillis = lastCommitTimeMillis;
    }

    /** The hashes of the blocks it writes; append lock only. */
    ShaChain sha() {
        return sha;
    }

    @Override
    public void commit(List<AppendRequest> group) {
        while (true) {
            boolean committing = false;
            try (LmdbWriter writer = log.writer()) {
                log.checkEnd(writer, signal.head(), chain);
                long next = encode(group, writer);
                if (next > signal.head() + 1) {
                    committing = true;
                    writer.commit();
                    show(next - 1);
                }
                return;
            } catch (LmdbWriter.MapFullSignal full) {
                log.grow();
            } catch (StoreFullException e) {
                throw e;
            } catch (Exception e) {
                if (committing) {
                    throw e;
                }
                throw new NotCommittedException(e);
            } finally {
                takeBack();
            }
        }
    }

    @Override
    public void awaitRoom() {
        unmerged.awaitRoom();
    }

    /** Encodes all batches that are as expected; returns the position behind the last event. */
    private long encode(List<AppendRequest> group, LmdbWriter writer) {
        blockPosition = signal.head() + 1;
        blockChain = chain;
        sha.restart();
        unnamedStream = directory.streamCount();
        unnamedType = directory.types().length;
        block.reset();
        long now = now();
        long time = Math.max(commitTimeMillis, now);
        for (AppendRequest request : group) {
            int streamsBefore = newStreams.size();
            int typesBefore = newTypes.size();
            if (answer(request)) {
                forgetNames(streamsBefore, typesBefore);
            } else {
                encode(request, writer, time, now);
            }
        }
        flush(writer, time);
        return blockPosition;
    }

    private long now() {
        long now;
        try {
            now = clock.millis();
        } catch (Throwable e) { // a checked one too: not every language makes one declare it
            LackOfMemory.throwIfCauseOf(e); // that is not the clock's fault
            throw badClock("it failed: " + e, e);
        }
        if (now > EventBatch.MAX_TIME || now < -EventBatch.MAX_TIME) {
            throw badClock("its time is not within 4,000 years of 1970: millis=" + now, null);
        }
        return now;
    }

    private static StoreIoException badClock(String how, Throwable cause) {
        return new StoreIoException(
                "Nothing was written: the clock of the store's config is at fault: " + how,
                "Mend the clock that StoreConfig.withClock was given, and append again.",
                cause);
    }

    /** Takes back numbers that no event uses: blocks name them in order, without gaps. */
    private void forgetNames(int streamsBefore, int typesBefore) {
        int streams = directory.streamCount() + streamsBefore;
        int types = directory.types().length + typesBefore;
        newStreams.values().removeIf(entry -> entry.number() >= streams);
        newTypes.values().removeIf(number -> number >= types);
    }

    /** Answers a request that is not to be appended; true if so. */
    private boolean answer(AppendRequest request) {
        try {
            Optional<AppendOutcome> answer = notes.known(request);
            if (answer.isEmpty()) {
                answer = conflict(request.batch());
            }
            if (answer.isEmpty()) {
                resolve(request);
                answer = refusal(request);
            }
            answer.ifPresent(request::answered);
            return answer.isPresent();
        } catch (LimitExceededException | StoreCorruptedException | IncompatibleStoreException e) {
            request.refused(e);
            return true;
        }
    }

    private Optional<AppendOutcome> conflict(EventBatch batch) {
        for (Map.Entry<StreamId, ExpectedVersion> entry : batch.expectations().entrySet()) {
            StreamId stream = entry.getKey();
            long actual = pending(stream).map(StreamEntry::pendingVersion).orElse(-1L);
            if (!entry.getValue().matches(actual)) {
                // That a stream has ended is the better reason.
                return ended(batch)
                        .or(() -> Optional.of(conflict(stream, entry.getValue(), actual)));
            }
        }
        return Optional.empty();
    }

    private static AppendOutcome conflict(StreamId stream, ExpectedVersion expected, long actual) {
        return new AppendOutcome.Conflict(stream, expected, actual);
    }

    private Optional<AppendOutcome> ended(EventBatch batch) {
        for (int i = 0; i < batch.streamCount(); i++) {
            Optional<StreamEntry> entry = pending(batch.stream(i)).filter(StreamEntry::isEnding);
            if (entry.isPresent()) {
                return entry.map(LogCommitter::tombstoned);
            }
        }
        return Optional.empty();
    }

    private static AppendOutcome tombstoned(StreamEntry entry) {
        return new AppendOutcome.Tombstoned(entry.id(), entry.pendingVersion());
    }

    private Optional<StreamEntry> pending(StreamId id) {
        StreamEntry fresh = newStreams.get(id);
        return fresh != null ? Optional.of(fresh) : directory.load(id);
    }

    /** Why a batch whose streams were found is not to be appended. */
    private Optional<AppendOutcome> refusal(AppendRequest request) {
        for (StreamEntry entry : request.entries()) {
            if (entry.isEnding()) {
                return Optional.of(tombstoned(entry));
            }
        }
        return request.batch().mark().flatMap(notes::misfit);
    }

    /** Finds the numbers of a batch's streams and types, or gives them new ones. */
    private void resolve(AppendRequest request) {
        EventBatch batch = request.batch();
        for (int i = 0; i < batch.typeCount(); i++) {
            request.types()[i] = typeNumber(batch.type(i));
        }
        StreamEntry[] entries = request.entries();
        directory.findKnown(batch, entries);
        for (int i = 0; i < entries.length; i++) {
            if (entries[i] == null) {
                entries[i] = entry(batch.stream(i));
            }
        }
    }

    private int typeNumber(String type) {
        int known = directory.typeNumber(type);
        if (known >= 0) {
            return known;
        }
        int next = directory.types().length + newTypes.size();
        if (next >= MOST_TYPES && !newTypes.containsKey(type)) {
            throw new LimitExceededException("types of event in a store", next + 1L, MOST_TYPES);
        }
        Integer fresh = newTypes.putIfAbsent(type, next);
        return fresh == null ? next : fresh;
    }

    private StreamEntry entry(StreamId id) {
        StreamEntry fresh = newStreams.isEmpty() ? null : newStreams.get(id);
        return fresh != null ? fresh : directory.load(id).orElseGet(() -> add(id));
    }

    private StreamEntry add(StreamId id) {
        int number = directory.streamCount() + newStreams.size();
        StreamEntry made = new StreamEntry(number, id);
        newStreams.put(id, made);
        return made;
    }

    private void encode(AppendRequest request, LmdbWriter writer, long commitTime, long now) {
        EventBatch batch = request.batch();
        EventRuns runs = batch.runs();
        long first = blockPosition + block.count();
        long version = -1;
        for (int i = 0; i < runs.count(); i++) {
            StreamEntry entry = request.entries()[runs.stream(i)];
            if (entry.isUntouched()) {
                touched.add(entry);
            }
            EventRun run =
                    new EventRun(
                            batch,
                            runs.start(i),
                            runs.end(i),
                            entry.number(),
                            entry.pendingVersion() + 1,
                            request.types()[runs.type(i)],
                            runs.headersLength(i),
                            runs.time(i) == EventBatch.NOW ? now : runs.time(i));
            encode(request, run, entry, writer, commitTime);
            version = entry.pendingVersion();
            if (batch.isTombstone(i)) {
                entry.noteTombstone(version);
            }
        }
        long last = blockPosition + block.count() - 1;
        AppendResult result = new AppendResult(first, last, version);
        notes.add(request, result);
        request.answered(new AppendOutcome.Appended(result));
    }

    /** Puts events that are alike into this block, and what it has no room for into the next. */
    private void encode(
            AppendRequest request,
            EventRun run,
            StreamEntry entry,
            LmdbWriter writer,
            long commitTime) {
        EventRun rest = run;
        while (true) {
            int added = block.add(rest, names(rest, entry));
            if (added > 0) {
                long position = blockPosition + block.count() - added;
                name(request, rest, entry, position);
                entry.noteNext(added, position);
                if (added == rest.count()) {
                    return;
                }
                rest = rest.behind(added);
            }
            flush(writer, commitTime);
        }
    }

    /** Bytes of what {@link #name} writes. */
    private int names(EventRun run, StreamEntry entry) {
        int bytes = run.from() == 0 ? PendingNotes.length(run.batch()) : 0;
        bytes += run.stream() == unnamedStream ? PreambleCodec.streamLength(entry.id()) : 0;
        return bytes + (run.type() == unnamedType ? PreambleCodec.typeLength(typeOf(run)) : 0);
    }

    private static String typeOf(EventRun run) {
        return run.batch().type(run.batch().typeOf(run.from()));
    }

    /**
     * Names stream and type of events where they are new. The first event of a batch brings its
     * notes.
     */
    private void name(AppendRequest request, EventRun run, StreamEntry entry, long position) {
        if (run.from() == 0) {
            notes.write(request, position, block.preamble());
        }
        if (run.stream() == unnamedStream) {
            PreambleCodec.writeStream(unnamedStream++, entry.id(), block.preamble());
        }
        if (run.type() == unnamedType) {
            PreambleCodec.writeType(unnamedType++, typeOf(run), block.preamble());
        }
    }

    private void flush(LmdbWriter writer, long now) {
        if (block.count() == 0) {
            return;
        }
        blockChain = block.seal(blockPosition, now, blockChain, nonces.nextInt());
        log.put(writer, blockPosition + block.count() - 1, block);
        blockPosition += block.count();
        commitTimeMillis = now;
        block.reset();
    }

    /** Shows readers what was committed. */
    private void show(long head) {
        chain = blockChain;
        sha.commit();
        long before = signal.head();
        // Names of types before events, versions before streams: who finds a thing finds what it
        // needs.
        newTypes.forEach((name, number) -> directory.addType(number, name));
        touched.forEach(this::publish);
        touched.clear();
        newStreams.values().forEach(directory::add);
        notes.publish(before);
        signal.advance(head);
        unmerged.committed(head - before, head, chain);
    }

    /** All at once, as a stream may be far away in memory. */
    private void publish(StreamEntry entry) {
        entry.publish();
        unmerged.add(entry);
    }

    /** Forgets what was not committed; after a commit there is nothing to forget. */
    private void takeBack() {
        touched.forEach(StreamEntry::forgetPending);
        touched.clear();
        newStreams.clear();
        newTypes.clear();
        notes.clear();
    }
}
