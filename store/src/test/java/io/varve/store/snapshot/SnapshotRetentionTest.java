package io.varve.store.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.varve.store.Category;
import io.varve.store.EventStore;
import io.varve.store.ExpectedVersion;
import io.varve.store.Hold;
import io.varve.store.Retention;
import io.varve.store.errors.EventsTruncatedException;
import io.varve.store.errors.HoldFollowedException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That nobody removes by accident what a fold needs besides its snapshots. */
@Timeout(40)
class SnapshotRetentionTest {
    private static final String HOLD = "snapshots/digests";

    @TempDir Path folder;
    private EventStore store;
    private SnapshotStore snapshots;
    private Category<Ledger.Entry> category;

    @BeforeEach
    void open() {
        openLog();
        snapshots = SnapshotStore.openIn(store);
    }

    private void openLog() {
        store = EventStore.open(folder.resolve("store"));
        category = Ledger.entries(store);
    }

    @AfterEach
    void close() {
        snapshots.close();
        store.close();
    }

    private StreamSnapshotsBuilder<Ledger.Digest, Ledger.Entry> plan() {
        return Ledger.plan(snapshots, "digests", category).policy(SnapshotPolicy.never());
    }

    /** Ten events of a stream, each a block, and a snapshot behind the sixth. */
    private StreamSnapshots<Ledger.Digest, Ledger.Entry> halfSaved() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = plan().build();
        append("a", 6);
        digests.save(digests.load("a"));
        append("a", 4);
        return digests;
    }

    private void append(String key, int events) {
        for (int i = 0; i < events; i++) {
            Ledger.append(category, key, 1);
        }
    }

    private void assertRight(StreamSnapshots<Ledger.Digest, Ledger.Entry> digests, String key) {
        assertEquals(category.version(key), digests.load(key).version());
    }

    @Test
    void shouldKeepWhatNoSnapshotStandsFor() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = halfSaved();
        var done = store.retention().truncateBefore(9);
        assertEquals(6, done.firstPosition());
        assertEquals(List.of(new Hold(HOLD, 6)), done.heldBack());
        assertRight(digests, "a");
    }

    @Test
    void shouldKeepTheEventsOfAFoldThatHasNoSnapshotsYet() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = plan().build();
        append("a", 3);
        assertEquals(0, store.retention().truncateBefore(2).firstPosition());
        assertRight(digests, "a");
    }

    @Test
    void shouldKeepThemAlsoWhileNoSnapshotStoreIsOpen() {
        halfSaved();
        close();
        openLog();
        assertEquals(0, store.retention().truncateBefore(9).firstPosition());
        store.close();
        open();
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = plan().build();
        assertEquals(6, store.retention().truncateBefore(9).firstPosition());
        assertRight(digests, "a");
        close();
        openLog();
        assertEquals(6, store.retention().truncateBefore(9).firstPosition());
        store.retention().release(HOLD);
        assertEquals(9, store.retention().truncateBefore(9).firstPosition());
    }

    @Test
    void shouldLetRetentionPassWhereToldTo() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = plan().holding(false).build();
        append("a", 6);
        digests.save(digests.load("a"));
        append("a", 4);
        append("b", 2);
        assertEquals(List.of(), store.retention().holds());
        assertEquals(11, store.retention().truncateBefore(11).firstPosition());
        assertThrows(EventsTruncatedException.class, () -> digests.load("a"));
    }

    @Test
    void shouldGoOnTruncatingWhereAStateWasGivenUp() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = plan().build();
        append("a", 5);
        store.retention().truncateBeforeRegardless(2);
        append("b", 5);
        assertThrows(EventsTruncatedException.class, () -> digests.load("a"));
        assertEquals(5, store.retention().truncateBefore(8).firstPosition());
        assertRight(digests, "b");
    }

    @Test
    void shouldMakeRoomBySnapshotsOfTheStreamsInTheWay() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = plan().keepLast(3).build();
        append("gone", 3);
        store.retention().truncateBeforeRegardless(1);
        append("old", 2);
        digests.save(digests.load("old"));
        append("old", 2);
        digests.save(digests.load("old"));
        append("small", 3);
        append("young", 3); // from 10 on
        assertEquals(2, digests.saveBefore(10));
        assertEquals(OptionalLong.of(3), digests.load("old").snapshotVersion());
        assertEquals(OptionalLong.empty(), digests.load("young").snapshotVersion());
        assertEquals(10, store.retention().truncateBefore(100).firstPosition());
        for (String key : List.of("old", "small", "young")) {
            assertRight(digests, key);
        }
        assertEquals(0, digests.saveBefore(10));
    }

    @Test
    void shouldNeedTheEventsAgainOfSnapshotsThatAreNotUsedAnyMore() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = halfSaved();
        assertEquals(3, store.retention().truncateBefore(3).firstPosition());
        append("b", 6);
        digests.saveBefore(99);
        assertEquals(12, store.retention().truncateBefore(12).firstPosition());
        digests.delete("b");
        snapshots.close();
        snapshots = SnapshotStore.openIn(store);
        StreamSnapshots<Ledger.Digest, Ledger.Entry> changed = plan().schemaVersion(2).build();
        append("c", 1);
        assertEquals(16, store.retention().truncateBefore(99).firstPosition());
        assertRight(changed, "c");
    }

    @Test
    void shouldTakeTheHoldBackWithTheSnapshotsThatItReliedOn() {
        StreamSnapshots<Ledger.Digest, Ledger.Entry> digests = halfSaved();
        assertEquals(0, store.retention().truncateBefore(0).firstPosition());
        assertEquals(6, digests.hold());
        digests.delete("a");
        assertEquals(0, store.retention().truncateBefore(4).firstPosition());
        assertRight(digests, "a");
        digests.saveBefore(99);
        assertEquals(10, digests.hold());
        snapshots.close();
        snapshots = SnapshotStore.openIn(store);
        StreamSnapshots<Ledger.Digest, Ledger.Entry> changed = plan().schemaVersion(2).build();
        assertEquals(0, store.retention().truncateBefore(4).firstPosition());
        assertRight(changed, "a");
    }

    @Test
    void shouldRefuseASecondFoldThatWouldTakeTheHoldFromTheFirst() {
        plan().build();
        try (SnapshotStore others = SnapshotStore.open(folder.resolve("others"))) {
            var same = Ledger.plan(others, "digests", category);
            assertThrows(HoldFollowedException.class, same::build);
            same.holding(false).build();
        }
    }

    @Test
    void shouldAskOnceHowFarSomebodyIs() {
        for (int i = 0; i < 4; i++) {
            category.append(
                    "a",
                    ExpectedVersion.any(),
                    Collections.nCopies(
                            40_000, new Ledger.Entry(i))); // two of them are more than a slice
        }
        Retention retention = store.retention();
        AtomicInteger asked = new AtomicInteger();
        retention.follow(
                "slow",
                () -> {
                    asked.incrementAndGet();
                    return 120_000;
                });
        assertEquals(120_000, retention.truncateBefore(150_000).firstPosition());
        assertEquals(1, asked.get());
    }
}
