package io.varve.store;

import io.varve.store.bytes.BytesView;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.lmdb.PageScan;
import io.varve.store.lmdb.PlainFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Reads what is intact of a damaged log: for a store that cannot be opened any more.
 *
 * <p>The file is read page by page and never mapped, and nothing in it is believed but blocks whose
 * checksums are right, so that whatever happened to it can do no harm. Nothing is written to it.
 *
 * <p>Events come in the order of their positions, with gaps where blocks are lost. Where the block
 * that names a stream or a type is lost, the name is {@code unknown/#7} or {@code unknown#7}. At
 * the end there may be events of an append that failed. What retention has removed from the
 * beginning is no gap, and is not read. A store that is open is refused.
 *
 * <p>What is lost behind the last event that is left no block tells; the index does, where it is
 * whole, up to where it was merged.
 */
public final class Salvage {
    private final BlockSearch search;
    private final BlockView block;
    private final TreeMap<Long, List<Found>> blocks = new TreeMap<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final FoundNames names = new FoundNames();
    private LogBase base = LogBase.WHOLE;
    private long events;
    private long blockCount;

    private Salvage(PlainFile file) {
        search = new BlockSearch(file);
        block = search.block();
    }

    /**
     * Events that are lost.
     *
     * @param from the first position
     * @param to the last position
     */
    public record Gap(long from, long to) {}

    /**
     * What was found.
     *
     * @param events how many
     * @param blocks how many, all with right checksums
     * @param gaps between them, and behind the last as far as the index tells of events; what is
     *     lost behind that cannot be told
     * @param bytes of the file
     * @param unreadPages of the file in which nothing was recognised, or that are missing at its
     *     end: they are damaged, or were free
     */
    public record Report(long events, long blocks, List<Gap> gaps, long bytes, long unreadPages) {
        /**
         * Copies the list.
         *
         * @param events see the record
         * @param blocks see the record
         * @param gaps see the record
         * @param bytes see the record
         * @param unreadPages see the record
         */
        public Report {
            gaps = List.copyOf(gaps);
        }

        /**
         * Whether all there was up to the last event was certainly read.
         *
         * @return true if there is no gap, and something was recognised in each page
         */
        public boolean isComplete() {
            return gaps.isEmpty() && unreadPages == 0;
        }
    }

    /**
     * What was copied.
     *
     * @param report what was found
     * @param events how many were appended
     * @param leftOut events that the new store cannot have: tombstones of streams that go on
     */
    public record Copy(Report report, long events, long leftOut) {}

    /** A block with right checksums, and where it lies. */
    private record Found(long offset, int length, long last, long previousChain, long chain) {}

    /**
     * Reads all intact events.
     *
     * @param store the folder of the store
     * @param visitor is lent each event until it returns false
     * @return what was found
     * @throws io.varve.store.errors.FolderRefusedException if there is no store
     * @throws StoreCorruptedException if the log is lost: its file is missing, or empty, or nothing
     *     in it can be read; or if the folders of log and index may be swapped
     * @throws io.varve.store.errors.IncompatibleStoreException if the file of another program is in
     *     its place
     * @throws StoreIoException if the file cannot be read at all
     * @throws io.varve.store.errors.StoreLockedException if somebody has the store open
     */
    public static Report read(Path store, EventVisitor visitor) {
        return StoreFolder.withLog(
                store, StoreLock::takeToRead, lock -> readHere(lock.folder(), visitor));
    }

    /**
     * Appends all intact events to a new store, in their order: the way out for a log that is
     * damaged, or in which versions are out of order, so that no index can be built of it.
     *
     * <p>Types, event times, headers and payloads are kept, tombstones too. Positions and versions
     * are those of the damaged log as long as nothing is lost or out of order, and behind that are
     * others. Commit times are those of the copy, and so are the event times of tombstones.
     * Idempotency keys and producer marks are not copied: set marks anew before their producers go
     * on. A stream that goes on behind its tombstone goes on in the new store, without it.
     *
     * <p>The log is read twice. What is cut short, by an error, has appended whole batches.
     *
     * @param store the folder of the damaged store
     * @param target open, without events
     * @param listener is told how many events were copied, while the log is read the second time
     * @return what was found and copied
     * @throws io.varve.store.errors.FolderRefusedException if there is no store, or the target has
     *     events
     * @throws io.varve.store.errors.LimitExceededException if the target takes no payload as large
     * @throws io.varve.store.errors.StoreFullException if there is no room for it
     * @throws StoreCorruptedException as {@link #read} does
     * @throws io.varve.store.errors.IncompatibleStoreException likewise
     * @throws StoreIoException likewise
     * @throws io.varve.store.errors.StoreLockedException likewise, also where both are one store
     */
    public static Copy copy(Path store, EventStore target, ProgressListener listener) {
        return SalvageCopy.run(store, target, listener);
    }

    private static Report readHere(Path folder, EventVisitor visitor) {
        Path log = folder.resolve("log");
        PlainFile.checkOwn(log.resolve("data.mdb"));
        try (PlainFile file = PageScan.open(log)) {
            Salvage salvage = new Salvage(file);
            long unread = PageScan.scan(log, salvage::look);
            OptionalLong reach = reach(folder.resolve("index"));
            if (salvage.blocks.isEmpty()) {
                LostLog.checkContent(folder);
                salvage.checkNeverFilled(log, file.size(), unread);
            }
            salvage.visit(new EventView(salvage.block, salvage.names), visitor, reach.orElse(-1));
            return new Report(
                    salvage.events, salvage.blockCount, salvage.gaps, file.size(), unread);
        } catch (IOException e) {
            throw new StoreIoException("A log could not be read: path=" + log, e);
        }
    }

    private void checkNeverFilled(Path log, long bytes, long unread) {
        if (base.firstPosition() > 0) {
            throw LostLog.unreadable(log, bytes, unread);
        }
    }

    private static OptionalLong reach(Path index) {
        Optional<LogIndex.State> state = LostLog.reach(index);
        return state.isPresent()
                ? OptionalLong.of(state.get().lastPosition())
                : OptionalLong.empty();
    }

    private boolean look(BytesView bytes, long offset) {
        if (!BlockSearch.looksLikeBlock(bytes)) {
            lookForBase(bytes);
        } else if (search.isBlock(bytes, offset)) {
            add(offset);
        }
        return true;
    }

    private void add(long offset) {
        Found found =
                new Found(
                        offset,
                        block.bytes().length(),
                        block.lastPosition(),
                        block.previousChain(),
                        block.chain());
        List<Found> same = blocks.computeIfAbsent(block.firstPosition(), f -> new ArrayList<>());
        if (same.stream().noneMatch(other -> other.chain() == found.chain())) {
            same.add(found);
        }
    }

    /** Pages that are free may still have older rows: the log begins where the latest says. */
    private void lookForBase(BytesView bytes) {
        BaseRows.foundEntry(bytes, names);
        BaseRows.foundHead(bytes)
                .filter(found -> found.firstPosition() > base.firstPosition())
                .ifPresent(found -> base = found);
    }

    private void visit(EventView event, EventVisitor visitor, long reach) {
        try {
            visitAll(event, visitor, reach);
        } finally {
            event.release();
        }
    }

    private void visitAll(EventView event, EventVisitor visitor, long reach) {
        long next = base.firstPosition();
        long chain = base.chain();
        for (Map.Entry<Long, List<Found>> entry : blocks.entrySet()) {
            long first = entry.getKey();
            if (first < next) {
                continue; // truncated, or left by an append that failed and written over
            }
            if (first > next) {
                gaps.add(new Gap(next, first - 1));
            }
            Found found = choose(entry.getValue(), chain);
            search.load(found.offset(), found.length(), found.last());
            block.names(names);
            if (!visitBlock(event, visitor)) {
                return;
            }
            next = found.last() + 1;
            chain = found.chain();
        }
        if (reach >= next) {
            gaps.add(new Gap(next, reach));
        }
    }

    /**
     * Of several blocks in one place: the one that others follow from or that follows the one
     * before.
     */
    private Found choose(List<Found> candidates, long chain) {
        for (Found found : candidates) {
            List<Found> after = blocks.getOrDefault(found.last() + 1, List.of());
            if (after.stream().anyMatch(next -> next.previousChain() == found.chain())) {
                return found;
            }
        }
        for (Found found : candidates) {
            if (found.previousChain() == chain) {
                return found;
            }
        }
        return candidates.get(candidates.size() - 1);
    }

    private boolean visitBlock(EventView event, EventVisitor visitor) {
        blockCount++;
        for (int i = 0; i < block.count(); i++) {
            event.show(i);
            events++;
            if (!visitor.event(event)) {
                return false;
            }
        }
        return true;
    }

    /** The names of the blocks that were found. */
    private static final class FoundNames
            implements EventView.Names, PreambleCodec.Visitor, BaseRows.Visitor {
        private final Map<Integer, StreamId> streams = new HashMap<>();
        private final Map<Integer, String> types = new HashMap<>();

        @Override
        public void stream(int number, StreamId id) {
            streams.put(number, id);
        }

        @Override
        public void stream(int number, StreamId id, LogFold.Last last) {
            stream(number, id);
        }

        @Override
        public void type(int number, String name) {
            types.put(number, name);
        }

        @Override
        public void key(AppendKey key) {
            // events are salvaged, not what guarded their appends
        }

        @Override
        public void mark(AppendMark mark) {
            // likewise
        }

        @Override
        public StreamId stream(int number) {
            return streams.getOrDefault(number, new StreamId("unknown", "#" + number));
        }

        @Override
        public String type(int number) {
            return types.getOrDefault(number, "unknown#" + number);
        }
    }
}
