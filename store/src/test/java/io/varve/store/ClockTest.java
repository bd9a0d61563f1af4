package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.errors.FolderRefusedException;
import io.varve.store.errors.StoreIoException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clock that a store is given: whatever it does, the store goes on, and it is named. */
class ClockTest {
    @TempDir private Path folder;

    private final ActingClock clock = new ActingClock();

    private EventStore open() {
        return EventStore.open(StoreConfig.at(folder).withClock(clock));
    }

    private static EventBatch batch() {
        return new EventBatch().add(TestEvents.stream("a"), TestEvents.event("x"));
    }

    /** Refuses an append in which the clock does something, and takes the next. */
    private StoreIoException refusal(EventStore store, Runnable action) {
        long head = store.head();
        clock.setNext(action);
        StoreIoException refused =
                assertThrows(StoreIoException.class, () -> store.append(batch()));
        assertTrue(refused.getMessage().contains("Nothing was written"), refused::getMessage);
        assertTrue(refused.getMessage().contains("the clock"), refused::getMessage);
        assertFalse(refused.getMessage().contains("disk"), refused::getMessage);
        assertEquals(head, store.head());
        clock.setNext(() -> {});
        assertEquals(head + 1, store.append(batch()).firstPosition());
        return refused;
    }

    private static void fail(Error error) {
        throw error;
    }

    /** As languages do that know no checked exceptions. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> void failUndeclared(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void shouldNameAClockThatThrowsACheckedExceptionAndWriteNothingOfThatAppend() {
        IOException none = new IOException("no time");
        try (EventStore store = open()) {
            assertSame(none, refusal(store, () -> ClockTest.failUndeclared(none)).getCause());
            assertEquals(1, TestEvents.assertSound(store).size());
        }
    }

    @Test
    void shouldNameAClockThatThrowsAnErrorAndGoOn() {
        try (EventStore store = open()) {
            for (Error error : new Error[] {new AssertionError("no time"), new LinkageError()}) {
                assertSame(error, refusal(store, () -> fail(error)).getCause());
            }
            Runnable deep =
                    new Runnable() {
                        @Override
                        public void run() {
                            run();
                        }
                    };
            refusal(store, deep);
        }
        try (EventStore store = open()) {
            assertEquals(3, TestEvents.assertSound(store).size());
        }
    }

    @Test
    void shouldEndEachSentenceOnceWhereTheClocksOwnErrorEndsOne() {
        try (EventStore store = open()) {
            Runnable failing =
                    () -> {
                        throw new FolderRefusedException(
                                "none", folder, "Name one that is missing.");
                    };
            StoreIoException e = refusal(store, failing);
            assertFalse(e.getMessage().contains(".."), e.getMessage());
            assertTrue(e.getMessage().contains("missing. Mend the clock"), e.getMessage());
            assertTrue(e.what().endsWith("missing"), e.what());
        }
    }

    private void assertTold(EventStore store, Consumer<EventStore> call) {
        String told = refusal(store, () -> call.accept(store)).getMessage();
        assertTrue(told.contains("while events are being appended"), told);
        assertTrue(told.contains("must not call the store"), told);
        assertTrue(told.contains("path=" + folder + "."), told);
    }

    @Test
    void shouldSayThatTheClockMustNotCallTheStore() {
        try (EventStore store = open()) {
            store.append(batch());
            assertTold(store, called -> called.append(batch()));
            assertTold(store, EventStore::close);
            assertTold(store, called -> called.retention().truncateBefore(1));
            assertTold(store, called -> called.retention().hold("by the clock", 0));
            assertTrue(store.verify(ProgressListener.none()).isClean());
        }
    }
}
