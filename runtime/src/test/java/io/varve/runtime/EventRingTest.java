package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EventRingTest {
    private final EventRing ring = new EventRing(4);

    private static EventSlice slice(long position) {
        return new EventSlice(
                position, position, EventSlice.UNKNOWN, Sources.Decoders.NONE, List.of());
    }

    private static EventSlice slice(long position, long bytes) {
        return new EventSlice(
                position, position, EventSlice.UNKNOWN, Sources.Decoders.NONE, List.of(), bytes);
    }

    @Test
    void shouldShowOnlyWhatIsPublishedAfterTheSeatWasTaken() {
        ring.publish(slice(0));
        EventRing.Seat seat = ring.attach();
        assertEquals(seat.joined(), seat.available());
        ring.publish(slice(1));
        assertEquals(1, seat.slice(seat.joined() + 1).orElseThrow().first());
        assertEquals(seat.joined() + 1, seat.available());
    }

    /** The tailer overruns a slot at the moment in which it is released. */
    @Test
    void shouldKeepASliceThatTakesThePlaceOfOneThatIsReleasedMeanwhile() throws Exception {
        EventRing small = new EventRing(2);
        int slices = 300_000;
        FutureTask<Integer> reading = new FutureTask<>(() -> lost(small, slices));
        EventRing.Seat first = small.attach(); // so that there is one from the beginning
        Thread reader = new Thread(reading);
        reader.start();
        for (int i = 0; i < slices; i++) {
            small.publish(slice(i, 1));
        }
        first.leave();
        assertEquals(0, reading.get(60, TimeUnit.SECONDS));
    }

    /** Follows the ring to a position, and counts what is not there though it must be. */
    private static int lost(EventRing ring, int slices) {
        int lost = 0;
        long position = -1;
        while (position < slices - 1) {
            EventRing.Seat seat = ring.attach();
            long next = seat.joined() + 1;
            position = Math.max(position, seat.joined());
            while (!seat.isDetached() && position < slices - 1) {
                if (next <= seat.available()) {
                    boolean there = seat.slice(next).isPresent();
                    lost += there || seat.isDetached() ? 0 : 1;
                    position = next;
                    seat.release(next++);
                }
            }
            seat.leave();
        }
        return lost;
    }

    @Test
    void shouldWakeOnceWhoWaitsOrIsAboutTo() throws Exception {
        EventRing.Seat seat = ring.attach();
        seat.wake();
        seat.wake();
        seat.await(seat.joined() + 1);
        FutureTask<Long> waiting =
                new FutureTask<>(
                        () -> {
                            seat.await(seat.joined() + 1);
                            return seat.available();
                        });
        Thread thread = new Thread(waiting);
        thread.start();
        ring.publish(slice(0));
        assertEquals(seat.joined() + 1, waiting.get(60, TimeUnit.SECONDS));
        ring.stop();
        seat.await(seat.joined() + 9);
        seat.await(seat.joined() + 9);
    }

    @Test
    void shouldTakeAwayTheSeatsOfLaggardsAndOfNobodyElse() {
        EventRing.Seat slow = ring.attach();
        EventRing.Seat quick = ring.attach();
        for (int i = 0; i < 4; i++) {
            ring.publish(slice(i));
            quick.release(quick.available());
        }
        assertFalse(slow.isDetached());
        ring.publish(slice(4));
        assertTrue(slow.isDetached());
        assertFalse(quick.isDetached());
        assertTrue(ring.hasSeats());
        assertEquals(
                4, slow.slice(slow.joined() + 1).orElseThrow().first(), "overrun, known to be");
    }

    @Test
    void shouldHoldASliceUntilAllWhoSitThereHaveCommittedIt() {
        EventRing.Seat slow = ring.attach();
        EventRing.Seat quick = ring.attach();
        for (int i = 1; i <= 3; i++) {
            ring.publish(slice(i));
            quick.release(quick.available());
        }
        assertEquals(3, ring.held());
        assertEquals(1, slow.slice(slow.joined() + 1).orElseThrow().first());
        slow.release(slow.joined() + 1);
        assertEquals(2, ring.held());
        assertTrue(slow.slice(slow.joined() + 1).isEmpty());
        assertEquals(2, slow.slice(slow.joined() + 2).orElseThrow().first());
        slow.leave();
        assertEquals(0, ring.held());
    }

    @Test
    void shouldTakeAwayTheSeatsOfThoseWhoHoldTooManyBytes() {
        EventRing bounded = new EventRing(16, 100);
        EventRing.Seat slow = bounded.attach();
        bounded.publish(slice(0, 40));
        EventRing.Seat quick = bounded.attach();
        bounded.publish(slice(1, 40));
        assertFalse(slow.isDetached());
        bounded.publish(slice(2, 40));
        assertTrue(slow.isDetached());
        assertFalse(quick.isDetached());
        assertEquals(2, bounded.held());
        assertEquals(1, quick.slice(quick.joined() + 1).orElseThrow().first());
        bounded.publish(slice(3, 1_000));
        assertTrue(quick.isDetached());
        assertEquals(1, bounded.held(), "larger than all that may be held, and published still");
    }

    @Test
    void shouldHaveNoSeatsAfterTheLastHasLeft() {
        assertFalse(ring.hasSeats());
        EventRing.Seat seat = ring.attach();
        assertTrue(ring.hasSeats());
        seat.leave();
        seat.leave();
        assertFalse(ring.hasSeats());
        for (int i = 0; i < 20; i++) {
            ring.publish(slice(i));
        }
    }

    @Test
    void shouldWakeWhoWaitsWhenSomethingIsPublished() throws Exception {
        EventRing.Seat seat = ring.attach();
        FutureTask<EventSlice> waiting =
                started(
                        () -> {
                            seat.await(seat.joined() + 1);
                            return seat.slice(seat.joined() + 1).orElseThrow();
                        });
        EventSlice slice = slice(7);
        ring.publish(slice);
        assertSame(slice, waiting.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldWakeWhoWaitsOrWillWaitWhenStopped() throws Exception {
        EventRing.Seat seat = ring.attach();
        FutureTask<Boolean> waiting =
                started(
                        () -> {
                            seat.await(seat.joined() + 1);
                            return true;
                        });
        ring.stop();
        assertTrue(waiting.get(30, TimeUnit.SECONDS));
        ring.attach().await(100);
    }

    @Test
    void shouldFailWhoWaitsOrWillWaitWhenNothingMoreWillCome() throws Exception {
        EventRing.Seat seat = ring.attach();
        FutureTask<Boolean> waiting =
                started(
                        () -> {
                            seat.await(seat.joined() + 1);
                            return true;
                        });
        IllegalStateException cause = new IllegalStateException("gone");
        ring.fail(cause);
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS));
        assertSame(cause, failure.getCause().getCause());
        assertThrows(TailerFailedException.class, () -> ring.attach().await(100));
    }

    @Test
    void shouldSurviveAnInterruptOfUserCode() throws Exception {
        EventRing.Seat seat = ring.attach();
        CountDownLatch returned = new CountDownLatch(1);
        FutureTask<Boolean> waiting =
                started(
                        () -> {
                            Thread.currentThread().interrupt();
                            seat.await(seat.joined() + 1);
                            returned.countDown();
                            seat.await(seat.joined() + 1);
                            return Thread.currentThread().isInterrupted();
                        });
        assertTrue(returned.await(30, TimeUnit.SECONDS));
        ring.publish(slice(0));
        assertFalse(waiting.get(30, TimeUnit.SECONDS));
    }

    private static <T> FutureTask<T> started(java.util.concurrent.Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread thread = new Thread(task, "waiter");
        thread.setDaemon(true);
        thread.start();
        return task;
    }
}
