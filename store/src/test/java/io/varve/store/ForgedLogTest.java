package io.varve.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Kind;
import io.varve.store.VerificationReport.Problem;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.errors.StoreCorruptedException;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.LmdbEnvironment;
import io.varve.store.lmdb.LmdbOptions;
import io.varve.store.lmdb.LmdbTable;
import io.varve.store.lmdb.LmdbWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logs whose checksums are right and which make no sense. */
class ForgedLogTest {
    @TempDir Path folder;

    /** What is written behind a log that makes sense, and what is to be found. */
    record Forgery(Consumer<ForgedLog> work, Kind kind, String what) {
        @Override
        public String toString() {
            return what;
        }
    }

    private static Forgery forgery(Kind kind, String what, Consumer<ForgedLog> work) {
        return new Forgery(work, kind, what);
    }

    static Stream<Forgery> forgeries() {
        return Stream.of(
                forgery(
                        Kind.CHAIN,
                        "events are missing from position=4",
                        log -> log.skip(3).event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.CHAIN,
                        "the block does not follow the one before",
                        log -> log.unlink().event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a version out of order: version=3 expected=2",
                        log -> log.event(0, 0, 3).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a version out of order: version=1 expected=2",
                        log -> log.event(0, 0, 1).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "its stream or type has no name",
                        log -> log.event(7, 0, 0).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "its stream or type has no name",
                        log -> log.event(-1, 0, 0).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "its stream or type has no name",
                        log -> log.event(0, 9, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "committed before the block before: time=1999",
                        log -> log.event(0, 0, 2).commit(1_999)),
                forgery(
                        Kind.EVENT,
                        "a number out of order: number=3",
                        log -> log.stream(3, "c").event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a number out of order: number=0",
                        log -> log.stream(0, "c").event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a number out of order: number=5",
                        log -> log.type(5, "U").event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a number out of order: number=2",
                        log -> log.type(2, "T").event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "its name has another number, too",
                        log -> log.stream(2, "a").event(2, 0, 0).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "an event behind the tombstone of its stream",
                        log -> log.event(0, 1, 2, 0).event(0, 0, 3).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a note of events in another block: position=5",
                        log -> log.key("k", 5).event(0, 0, 2).commit(3_000)),
                forgery(
                        Kind.EVENT,
                        "a note of events in another block: position=3",
                        log -> log.mark("p", 3).event(0, 0, 2).commit(3_000)));
    }

    private VerificationReport verify() {
        return ClosedStore.verify(folder, ProgressListener.none());
    }

    @Test
    void shouldTakeWhatMakesSense() {
        try (ForgedLog log = ForgedLog.begun(folder)) {
            log.stream(2, "c").key("k", 4).mark("p", 4);
            log.event(2, 0, 0).event(0, 1, 2, 0).commit(2_000);
        }
        assertEquals(List.of(), verify().problems());
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(6, TestEvents.assertSound(store).size());
            assertEquals(List.of(), store.verify(ProgressListener.none()).problems());
        }
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void shouldFindWhatMakesNoSense(Forgery forgery) {
        try (ForgedLog log = ForgedLog.begun(folder)) {
            forgery.work().accept(log);
            log.event(1, 0, 2).commit(4_000);
        }
        List<Problem> problems = verify().problems();
        assertFalse(problems.isEmpty());
        Problem first = problems.get(0);
        assertEquals(forgery.kind(), first.kind(), problems::toString);
        assertTrue(first.what().contains(forgery.what()), problems::toString);
        openOrRefuse();
    }

    /** Nobody is promised that it opens, but that whatever fails has a type. */
    private void openOrRefuse() {
        try (EventStore store = EventStore.open(folder)) {
            for (EventQuery query :
                    List.of(EventQuery.all(), EventQuery.stream(TestEvents.stream("a")))) {
                readOrRefuse(store, query);
            }
            assertFalse(store.verify(ProgressListener.none()).isClean());
        } catch (VarveException e) {
            assertFalse(e.remedy().isEmpty());
        }
    }

    private static void readOrRefuse(EventStore store, EventQuery query) {
        try {
            store.readList(query);
        } catch (VarveException e) {
            assertFalse(e.remedy().isEmpty());
        }
    }

    @Test
    void shouldFindAChainHashThatDoesNotFit() throws IOException {
        ForgedLog.begun(folder).close();
        new Forger(folder).changeChain(2).write();
        Problem first = verify().problems().get(0);
        assertEquals(Kind.CHAIN, first.kind());
        assertTrue(first.what().contains("chain hash does not fit"), first.what());
    }

    /** In place of a block in the middle, of the newest one, of the identity. */
    @Test
    void shouldRefuseARowOfOneZeroByte() {
        try (EventStore store = EventStore.open(folder)) {
            for (int i = 0; i < 3; i++) {
                store.append(
                        TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("" + i));
            }
        }
        zero(1);
        assertEquals(Kind.BLOCK, verify().problems().get(0).kind());
        try (EventStore store = EventStore.open(folder)) {
            assertEquals(1, store.readList(EventQuery.all().limit(1)).size());
            assertEquals(1, store.readList(EventQuery.all().from(2)).size());
            assertThrows(
                    StoreCorruptedException.class, () -> store.readList(EventQuery.all().from(1)));
        }
        zero(2);
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(folder));
        zero(-1);
        assertThrows(StoreCorruptedException.class, () -> EventStore.open(folder));
        assertFalse(verify().isClean());
    }

    /** Puts one zero byte in place of a block, or of the identity at -1. */
    private void zero(long position) {
        LmdbOptions options = new LmdbOptions(1 << 20, 2, true, "none");
        BytesView one = BytesView.of(new byte[1]);
        try (LmdbEnvironment log = LmdbEnvironment.open(folder.resolve("log"), options)) {
            LmdbTable blocks = log.longTable(Log.BLOCKS);
            LmdbTable rows = log.table("varve");
            try (LmdbWriter writer = log.writer()) {
                if (position < 0) {
                    writer.put(rows, BytesView.of("identity".getBytes(UTF_8)), one);
                } else {
                    byte[] key = new BytesWriter().putLong(position).toByteArray();
                    writer.put(blocks, BytesView.of(key), one);
                }
                writer.commit();
            }
        }
    }
}
