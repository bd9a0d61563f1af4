package io.varve.runtime;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;

/**
 * Those who read the same sources at about the same place, and the slices that they have read
 * lately, oldest first. Used under the lock of {@link SharedSlices}.
 *
 * <pre>
 *   kept slices    |oldest|  |  |  |  |  |  |  |  |newest|
 *   travellers        ▲            ▲     ▲            ▲
 *                  behind                          in front
 *                     ◀──────────── lead ────────────▶  at most 16: then there is no room for
 *                                                       another slice, nor where that would take
 *                                                       the place of one that is still needed
 * </pre>
 *
 * <p>Only those count who are in reach: their next slice is still there, and nobody has waited for
 * them in vain since they were close.
 */
final class Convoy {
    private static final int MOST_LEAD = 16;

    /** Who has waited for others goes on then: not for each slice anew. */
    private static final int CLOSE_LEAD = 12;

    /** How much is kept. */
    record Limits(int slices, long events, long bytes) {
        Limits part(int parts) {
            return new Limits(Math.max(1, slices / parts), events / parts, bytes / parts);
        }
    }

    /** A slice that was read, or that somebody reads. */
    static final class Claim {
        private final long first;
        private final long number;
        private Optional<EventSlice> slice = Optional.empty();
        private boolean leftToEach;

        private Claim(long first, long number) {
            this.first = first;
            this.number = number;
        }

        long first() {
            return first;
        }

        Optional<EventSlice> slice() {
            return slice;
        }

        /** Whether it is not shared, as it could not be read. */
        boolean isLeftToEach() {
            return leftToEach;
        }
    }

    /** Where one of them is. */
    static final class Traveller {
        private long number;
        private boolean leftBehind;
    }

    private final Map<Long, Claim> byFirst = new LinkedHashMap<>();
    private final List<Traveller> travellers = new ArrayList<>();
    private final Condition roomMade;
    private final Condition sliceRead;
    private long claims;
    private long events;
    private long bytes;
    private long movedAt;
    private int waiting;

    /**
     * Has nobody.
     *
     * @param roomMade a condition of the lock
     * @param sliceRead another one
     */
    Convoy(Condition roomMade, Condition sliceRead) {
        this.roomMade = roomMade;
        this.sliceRead = sliceRead;
    }

    void join(Traveller traveller) {
        traveller.number = oldest() - 1;
        traveller.leftBehind = false;
        travellers.add(traveller);
    }

    void leave(Traveller traveller) {
        travellers.remove(traveller);
        roomMade.signalAll();
    }

    int travellers() {
        return travellers.size();
    }

    /** How many of them count. */
    int inReach() {
        int count = 0;
        for (Traveller one : travellers) {
            count += isInReach(one) ? 1 : 0;
        }
        return count;
    }

    /** How many slices are kept, or are being read. */
    int slices() {
        return byFirst.size();
    }

    Optional<Claim> known(long first) {
        return Optional.ofNullable(byFirst.get(first));
    }

    /** Whether slices from there on were here, and are no more. */
    boolean hasPassed(long first) {
        return !byFirst.isEmpty() && first < byFirst.values().iterator().next().first;
    }

    /** Adds a slice that is going to be read by who asks. */
    Claim claim(long first, long now) {
        Claim claim = new Claim(first, claims++);
        byFirst.put(first, claim);
        movedAt = now;
        return claim;
    }

    /** He has come to a slice. */
    void moved(Traveller traveller, Claim to, long now) {
        traveller.number = to.number;
        traveller.leftBehind &= lead(traveller) >= CLOSE_LEAD;
        movedAt = now;
        if (waiting > 0 && leadIsBelow(CLOSE_LEAD)) {
            roomMade.signalAll();
        }
    }

    /** It was read: who comes to it takes it. */
    void keep(Claim claim, EventSlice slice, Limits most, long now) {
        movedAt = now;
        if (byFirst.get(claim.first) == claim) {
            claim.slice = Optional.of(slice);
            events += slice.entries().size();
            bytes += slice.bytes();
            forgetOldest(most);
        }
        sliceRead.signalAll();
    }

    private void forgetOldest(Limits most) {
        Iterator<Claim> all = byFirst.values().iterator();
        while (byFirst.size() > most.slices() || events > most.events() || bytes > most.bytes()) {
            all.next().slice.ifPresent(this::forget);
            all.remove();
        }
    }

    private void forget(EventSlice slice) {
        events -= slice.entries().size();
        bytes -= slice.bytes();
    }

    /** It could not be read for all: who comes to it reads it for himself. */
    void leaveToEach(Claim claim) {
        claim.leftToEach = true;
        sliceRead.signalAll();
    }

    /** Whether one more slice can be read, and nobody who counts loses one that he needs. */
    boolean hasRoom(Limits most) {
        boolean full =
                byFirst.size() >= most.slices() || events >= most.events() || bytes >= most.bytes();
        return leadIsBelow(full ? Math.max(1, Math.min(MOST_LEAD, claims - oldest())) : MOST_LEAD);
    }

    private boolean leadIsBelow(long bound) {
        for (Traveller one : travellers) {
            if (lead(one) >= bound && isInReach(one)) {
                return false;
            }
        }
        return true;
    }

    private boolean isInReach(Traveller one) {
        return !one.leftBehind && one.number >= oldest() - 1;
    }

    /** How many slices there are behind the one that he is at. */
    private long lead(Traveller one) {
        return claims - 1 - one.number;
    }

    private long oldest() {
        return byFirst.isEmpty() ? claims : byFirst.values().iterator().next().number;
    }

    /** Those who are not close count no more, until they are. */
    void leaveBehind() {
        for (Traveller one : travellers) {
            one.leftBehind |= lead(one) >= CLOSE_LEAD;
        }
        roomMade.signalAll();
    }

    /** When somebody has done something last. */
    long movedAt() {
        return movedAt;
    }

    /** Waits until there may be room. */
    void awaitRoom(long nanos) throws InterruptedException {
        waiting++;
        try {
            roomMade.awaitNanos(nanos);
        } finally {
            waiting--;
        }
    }

    /** Waits until a slice may have been read. */
    void awaitSlice(long nanos) throws InterruptedException {
        sliceRead.awaitNanos(nanos);
    }
}
