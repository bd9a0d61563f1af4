package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConvoyTest {
    private static final int LEAD = 16;
    private static final Convoy.Limits WIDE = new Convoy.Limits(64, 1_000, 1_000);

    private final ReentrantLock lock = new ReentrantLock();
    private final Convoy convoy = new Convoy(lock.newCondition(), lock.newCondition());
    private final Convoy.Traveller front = new Convoy.Traveller();
    private final Convoy.Traveller behind = new Convoy.Traveller();
    private final List<Convoy.Claim> claims = new ArrayList<>();

    @BeforeEach
    void join() {
        lock.lock();
        convoy.join(front);
        convoy.join(behind);
    }

    @AfterEach
    void unlock() {
        lock.unlock();
    }

    private void goOn(int slices, Convoy.Limits most) {
        for (int i = 0; i < slices; i++) {
            long first = claims.size();
            Convoy.Claim claim = convoy.claim(first, 0);
            claims.add(claim);
            convoy.moved(front, claim, 0);
            EventSlice slice =
                    new EventSlice(first, first, 0, Sources.Decoders.NONE, List.of(), 10);
            convoy.keep(claim, slice, most, 0);
        }
    }

    @Test
    void shouldHaveRoomUntilOneIsFarBehind() {
        goOn(LEAD - 1, WIDE);
        assertTrue(convoy.hasRoom(WIDE));
        goOn(1, WIDE);
        assertFalse(convoy.hasRoom(WIDE));
        convoy.moved(behind, claims.get(0), 0);
        assertTrue(convoy.hasRoom(WIDE));
    }

    @Test
    void shouldHaveNoRoomForWhatWouldTakeThePlaceOfWhatIsNeeded() {
        Convoy.Limits narrow = new Convoy.Limits(64, 1_000, 30);
        goOn(3, narrow);
        assertFalse(convoy.hasRoom(narrow));
        convoy.moved(behind, claims.get(0), 0);
        assertTrue(convoy.hasRoom(narrow));
        goOn(1, narrow);
        assertFalse(convoy.known(0).isPresent());
        assertTrue(convoy.known(1).isPresent());
    }

    @Test
    void shouldNotCountWhoIsOutOfReach() {
        Convoy.Limits narrow = new Convoy.Limits(64, 1_000, 30);
        goOn(4, narrow);
        assertEquals(1, convoy.inReach());
        assertTrue(convoy.hasRoom(narrow));
        assertTrue(convoy.hasPassed(0));
        assertFalse(convoy.hasPassed(2));
    }

    @Test
    void shouldNotCountWhoWasLeftBehindUntilHeIsClose() {
        goOn(LEAD, WIDE);
        convoy.leaveBehind();
        assertTrue(convoy.hasRoom(WIDE));
        goOn(LEAD, WIDE);
        assertEquals(1, convoy.inReach());
        convoy.moved(behind, claims.get(2), 0);
        assertTrue(convoy.hasRoom(WIDE));
        convoy.moved(behind, claims.get(2 * LEAD - 3), 0);
        assertEquals(2, convoy.inReach());
        goOn(LEAD, WIDE);
        assertFalse(convoy.hasRoom(WIDE));
    }

    @Test
    void shouldNotWaitForWhoHasLeft() {
        goOn(LEAD, WIDE);
        convoy.leave(behind);
        assertTrue(convoy.hasRoom(WIDE));
    }
}
