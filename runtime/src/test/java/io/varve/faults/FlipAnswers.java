package io.varve.faults;

import io.varve.store.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What follows from the beginning of a log, by plain loops. */
final class FlipAnswers {
    /** Its streams, and the events of each. */
    final Map<StreamId, List<String>> streams = new HashMap<>();

    /** The positions of the events that are dead letters, or wait behind one. */
    final TreeSet<Long> letters = new TreeSet<>();

    final Map<Integer, Stack.Balance> balances = new TreeMap<>();

    /** Without what is a dead letter. */
    final Map<Integer, Stack.Digest> authors = new TreeMap<>();

    /** Of all events of each stream. */
    final Map<Integer, Stack.Digest> folds = new TreeMap<>();

    /** Counts by account and beginning of the window. */
    final Map<String, Long> windows = new TreeMap<>();

    Stack.Digest digest = Stack.Digest.NOTHING;
    long alarming;

    /** How many notes there are, and the next number of each author. */
    int notes;

    final long[] next = new long[Posting.AUTHORS];
    private boolean held;

    FlipAnswers(List<String> events, long head) {
        for (int i = 0; i <= head; i++) {
            String line = events.get(i);
            String[] words = line.split(" ");
            String[] name = words[0].split("/", 2);
            StreamId stream = StreamId.of(name[0], name[1]);
            streams.computeIfAbsent(stream, none -> new ArrayList<>()).add(line);
            notes += name[0].equals(FlipStack.NOTES) ? 1 : 0;
            if (name[0].equals(Posting.CATEGORY)) {
                add(i, Posting.of(Integer.parseInt(words[3]), Long.parseLong(words[4])));
            }
        }
    }

    private void add(long position, Posting posting) {
        held |= FlipStack.isDead(posting);
        if (held && posting.author() == FlipStack.DEAD_AUTHOR) {
            letters.add(position);
        } else {
            balances.put(
                    posting.account(),
                    balances.getOrDefault(posting.account(), Stack.Balance.NOTHING).add(posting));
            add(authors, posting);
        }
        add(folds, posting);
        next[posting.author()] = posting.number() + 1;
        digest = digest.add(posting);
        long time = FlipEvents.time(posting.number());
        long window = time - time % FlipStack.WINDOW.toMillis();
        windows.merge(posting.account() + "@" + window, 1L, Long::sum);
        alarming += Stack.isAlarming(posting) ? 1 : 0;
    }

    private static void add(Map<Integer, Stack.Digest> digests, Posting posting) {
        digests.put(
                posting.author(),
                digests.getOrDefault(posting.author(), Stack.Digest.NOTHING).add(posting));
    }
}
