package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.runtime.DeadLetter;
import io.varve.runtime.PositionBound;
import io.varve.runtime.ProjectionRuntime;
import io.varve.runtime.ReadView;
import io.varve.runtime.Rebuild;
import io.varve.runtime.RebuildStart;
import io.varve.store.EventQuery;
import io.varve.store.EventStore;
import io.varve.store.EventView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a store and its projections must be: a plain loop over the log, which itself must be what
 * its authors have said, in order and without a gap. It remembers what it has read, so that a log
 * can be gone on with whose beginning was removed meanwhile.
 */
final class StackCheck {
    private static final String ALERT = "alert";

    private final Said said = new Said();
    private final Set<Long> alerts = new HashSet<>();
    private final long[] numbers;

    /** Events that were left out for good when they were looked at; their letters may be purged. */
    private final TreeSet<Long> skipped = new TreeSet<>();

    private EventStore store;
    private long alarming;
    private long next;

    /** Reads the log, and fails where anything of it is wrong. */
    StackCheck(EventStore store) {
        this(Posting.AUTHORS);
        goOn(store);
    }

    /**
     * Likewise a log whose first events may have been removed.
     *
     * @param history the first events, as {@link #written} says
     */
    StackCheck(EventStore store, List<String> history) {
        this(Posting.AUTHORS);
        for (String line : history) {
            String[] words = line.split(" ");
            Posting posting = Posting.of(Integer.parseInt(words[1]), Long.parseLong(words[2]));
            add(next, words[0].equals(ALERT), posting);
        }
        long first = store.retention().firstPosition();
        assertTrue(first <= next, "removed before " + first + " but known are " + next);
        goOn(store);
    }

    /** A line of a history. */
    static String written(boolean isAlert, Posting posting) {
        return (isAlert ? ALERT : "posting") + " " + posting.author() + " " + posting.number();
    }

    /** Has read nothing yet. */
    StackCheck(int authors) {
        numbers = new long[authors];
    }

    /** Reads what has come since, of a store that was opened again. */
    void goOn(EventStore opened) {
        store = opened;
        readOn();
    }

    /** The first position that it has not read. */
    long next() {
        return next;
    }

    private void readOn() {
        long head = store.head(); // alerts may be appended meanwhile
        store.read(
                EventQuery.all().from(next),
                event -> {
                    add(event);
                    return true;
                });
        assertTrue(next > head, "head=" + head + " but the next is " + next);
    }

    private void add(EventView event) {
        assertEquals(next, event.position(), "a gap");
        Posting posting = Posting.SERDE.deserialize(event.type(), event.payload());
        assertEquals(Posting.of(posting.author(), posting.number()), posting);
        boolean isAlert = event.stream().category().equals(Stack.ALERTS);
        if (!isAlert) {
            assertEquals(Posting.stream(posting.author()), event.stream());
            assertEquals(posting.number(), event.version());
        }
        add(event.position(), isAlert, posting);
    }

    private void add(long position, boolean isAlert, Posting posting) {
        next++;
        if (isAlert) {
            boolean first = alerts.add(Said.which(posting));
            assertTrue(Stack.isAlarming(posting) && first, "twice: " + posting);
        } else {
            assertEquals(numbers[posting.author()]++, posting.number(), "author's number");
            said.add(position, posting);
            alarming += Stack.isAlarming(posting) ? 1 : 0;
        }
    }

    /** A copy of the log, of whenever: it has what was read here, and nothing else. */
    void assertIsPartOfIt(EventStore copy) {
        assertTrue(copy.head() < next, "head of the copy=" + copy.head() + " of " + next);
        copy.read(
                EventQuery.all(),
                event -> {
                    Posting posting = Posting.SERDE.deserialize(event.type(), event.payload());
                    if (!event.stream().category().equals(Stack.ALERTS)) {
                        assertEquals(posting, said.at(event.position()), "@" + event.position());
                    }
                    return true;
                });
    }

    /** All that was acknowledged is there, and no append is there in part. */
    void assertKept(long[] acknowledged) {
        for (int author = 0; author < numbers.length; author++) {
            Posting.appends(store, author);
            assertTrue(
                    numbers[author] >= acknowledged[author],
                    "lost: author="
                            + author
                            + " has="
                            + numbers[author]
                            + " of="
                            + acknowledged[author]);
        }
    }

    /** Of a runtime that has just been started: the rows are those of the position they say. */
    void assertAsOfTheirPosition(ProjectionRuntime runtime) throws InterruptedException {
        try (ReadView view = runtime.readView(Stack.DIGEST, PositionBound.any(), Stack.LONG)) {
            assertEquals(digest(view.position()), read(view), "as of " + view.position());
        }
    }

    /** And then they are those of all of the log, and each alarming posting was told once. */
    void assertComplete(ProjectionRuntime runtime) throws InterruptedException {
        awaitAlerts();
        for (String name : List.of(Stack.BALANCES, Stack.DIGEST, Stack.ALERTS)) {
            assertTrue(runtime.awaitPosition(name, store.head(), Stack.LONG), name);
        }
        assertDigest(runtime);
        assertBalances(runtime);
    }

    private void awaitAlerts() throws InterruptedException {
        while (alerts.size() < alarming) {
            assertTrue(store.awaitPosition(next, Stack.LONG), alerts.size() + " of " + alarming);
            readOn();
        }
    }

    void assertDigest(ProjectionRuntime runtime) throws InterruptedException {
        try (ReadView view = runtime.readView(Stack.DIGEST, PositionBound.any(), Stack.LONG)) {
            assertEquals(digest(Long.MAX_VALUE), read(view));
        }
    }

    /** Built again from nothing it is the same. */
    void assertRebuildMatches(ProjectionRuntime runtime, boolean promote)
            throws InterruptedException {
        boolean truncated = store.retention().firstPosition() > 0;
        RebuildStart start = truncated ? RebuildStart.newestSnapshot() : RebuildStart.firstEvent();
        assertRebuildMatches(runtime.rebuild(Stack.DIGEST, start), runtime, promote);
    }

    void assertRebuildMatches(Rebuild rebuild, ProjectionRuntime runtime, boolean promote)
            throws InterruptedException {
        assertTrue(rebuild.await(Stack.LONG));
        if (promote) {
            rebuild.promote();
        } else {
            rebuild.cancel();
        }
        assertDigest(runtime);
    }

    private static Stack.Digest read(ReadView view) {
        return view.store(Stack.ALL).get("all").orElse(Stack.Digest.NOTHING);
    }

    private Stack.Digest digest(long upTo) {
        Stack.Digest digest = Stack.Digest.NOTHING;
        for (int i = 0; i < said.size() && said.position(i) <= upTo; i++) {
            digest = digest.add(said.posting(i));
        }
        return digest;
    }

    /** What the events of an author come to. */
    Stack.Digest digestOf(int author) {
        Stack.Digest digest = Stack.Digest.NOTHING;
        for (long number = 0; number < numbers[author]; number++) {
            digest = digest.add(Posting.of(author, number));
        }
        return digest;
    }

    /** Rows are of all events but those of which there is a letter. */
    private void assertBalances(ProjectionRuntime runtime) throws InterruptedException {
        Map<Long, DeadLetter> letters = new HashMap<>();
        runtime.deadLetters(Stack.BALANCES)
                .list()
                .forEach(letter -> letters.put(letter.position(), letter));
        List<Long> left =
                letters.values().stream()
                        .filter(letter -> letter.kind() == DeadLetter.Kind.SKIPPED)
                        .map(DeadLetter::position)
                        .toList();
        skipped.addAll(left);
        long oldest = left.stream().mapToLong(one -> one).min().orElse(0);
        Map<Integer, Stack.Balance> balances = new HashMap<>();
        Map<Integer, Stack.Digest> digests = new HashMap<>();
        Set<Integer> held = new HashSet<>();
        for (int i = 0; i < said.size(); i++) {
            Posting posting = said.posting(i);
            DeadLetter letter = letters.remove(said.position(i));
            if (letter == null && skipped.contains(said.position(i)) && said.position(i) < oldest) {
                continue; // purged
            }
            if (letter == null) {
                assertTrue(!held.contains(posting.author()), "behind a dead one: " + posting);
                balances.merge(
                        posting.account(),
                        Stack.Balance.NOTHING.add(posting),
                        (old, first) -> old.add(posting));
                digests.put(
                        posting.author(),
                        digests.getOrDefault(posting.author(), Stack.Digest.NOTHING).add(posting));
            } else if (letter.kind() != DeadLetter.Kind.SKIPPED) {
                held.add(posting.author());
            }
        }
        assertEquals(Map.of(), letters, "letters of nothing");
        try (ReadView view = runtime.readView(Stack.BALANCES, PositionBound.any(), Stack.LONG)) {
            assertEquals(balances, rows(view.store(Stack.BY_ACCOUNT)));
            assertEquals(digests, rows(view.store(Stack.BY_AUTHOR)));
        }
    }

    private static <V> Map<Integer, V> rows(
            io.varve.projections.query.ReadOnlyKeyValueStore<Integer, V> rows) {
        Map<Integer, V> found = new HashMap<>();
        rows.forEach(found::put);
        return found;
    }
}
