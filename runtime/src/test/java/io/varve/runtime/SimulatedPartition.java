package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.Partition;
import io.varve.projections.Projection;
import io.varve.store.bytes.BytesView;
import io.varve.store.bytes.BytesWriter;
import io.varve.store.serde.Serdes;
import io.varve.store.state.Checkpoint;
import io.varve.store.state.StateView;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** One partition of a {@link SimulatedProjection}, or all of it; and what must be true of it. */
final class SimulatedPartition {
    private final SimulatedProjection projection;
    private final Simulation simulation;
    private final Partition partition;
    final SimulatedDisk disk;
    private LetterBook letters;
    private long seen = -1;
    private long checked;

    SimulatedPartition(
            SimulatedProjection projection,
            Simulation simulation,
            Partition partition,
            Set<String> tables) {
        this.projection = projection;
        this.simulation = simulation;
        this.partition = partition;
        this.disk = new SimulatedDisk(tables, simulation.random);
    }

    /** As at a start. */
    PartitionModel open(Projection definition) {
        disk.revive();
        letters =
                new LetterBook(
                        definition.name(),
                        1_000,
                        new LetterPurge(
                                definition.name(), LetterRetention.defaults(), Clock.systemUTC()));
        letters.load(disk);
        seen = committed();
        return new PartitionModel(partition, disk, letters);
    }

    long committed() {
        return disk.checkpoint().map(Checkpoint::position).orElse(simulation.base - 1);
    }

    Map<Long, DeadLetter> letters() {
        Map<Long, DeadLetter> found = new HashMap<>();
        try (StateView view = disk.view()) {
            new LetterRows()
                    .scan(
                            view,
                            0,
                            one -> {
                                found.put(one.position(), one);
                                return true;
                            });
        }
        return found;
    }

    private boolean owns(SimulatedEvent event) {
        BytesWriter key = new BytesWriter();
        Serdes.int64().serialize((long) event.author(), key);
        return partition.owns(BytesView.of(key.toByteArray()));
    }

    void checkIfChanged() {
        if (disk.commits != checked) {
            checked = disk.commits;
            check();
        }
    }

    /** Its rows are those of the events up to its checkpoint, but for those with a letter. */
    private void check() {
        long committed = committed();
        assertTrue(committed >= seen, () -> "went back from " + seen + " to " + committed);
        seen = committed;
        Map<Long, DeadLetter> left = letters();
        Map<Long, Notes.Digest> wanted = new HashMap<>();
        Set<Integer> held = new HashSet<>();
        for (SimulatedEvent event : simulation.log) {
            if (event.position() + simulation.base > committed) {
                break;
            }
            DeadLetter letter = left.remove(event.position() + simulation.base);
            if (letter != null) {
                check(event, letter, held);
            } else {
                assertTrue(
                        !held.contains(event.author()),
                        () -> "applied behind a dead one: " + event);
                assertTrue(!event.poison(), () -> "poison without a letter: " + event);
                if (owns(event)) {
                    wanted.merge(
                            (long) event.author(),
                            Notes.Digest.NOTHING.add(event.note()),
                            (old, first) -> old.add(event.note()));
                }
            }
        }
        assertEquals(Map.of(), left, "letters of nothing");
        assertEquals(wanted, projection.rows(disk), () -> "as of " + (committed - simulation.base));
        simulation.note(projection.number + 8 * partition.number(), committed, wanted.hashCode());
    }

    private void check(SimulatedEvent event, DeadLetter letter, Set<Integer> held) {
        assertEquals(event.stream(), letter.stream().toString());
        assertTrue(
                !(projection.policy.last() instanceof ErrorPolicy.Fail),
                () -> "a letter: " + letter);
        simulation.letters++;
        // Behind one it waits, and is tried once when an operator wants it.
        boolean first = projection.troubled.add(event.author());
        if (letter.kind() == DeadLetter.Kind.WAITING) {
            assertTrue(projection.policy.last() instanceof ErrorPolicy.Quarantine);
            held.add(event.author());
            return;
        }
        if (letter.kind() == DeadLetter.Kind.DEAD) {
            assertTrue(projection.policy.last() instanceof ErrorPolicy.Quarantine);
            assertTrue(held.add(event.author()), () -> "two dead of a stream: " + letter);
        }
        boolean fails = event.poison() || event.failures() > 0;
        boolean waited = letter.kind() == DeadLetter.Kind.SKIPPED && letter.attempts() == 0;
        assertTrue(fails || waited, () -> "left out, but nothing is wrong with it: " + letter);
        if (!event.poison() && !waited) {
            int tries =
                    projection.policy instanceof ErrorPolicy.Retry retry ? retry.attempts() + 1 : 1;
            int least = first ? tries : 1;
            int calls = projection.failed.getOrDefault(event.position(), 0);
            assertTrue(letter.attempts() >= least, () -> "given up early: " + letter);
            assertTrue(calls >= letter.attempts(), () -> "called " + calls + " times: " + letter);
        }
    }
}
