package io.varve.runtime;

import io.varve.projections.ProjectionTask;
import io.varve.projections.RowProbe;
import io.varve.projections.SourceEvent;
import io.varve.projections.StateComparison;
import io.varve.projections.StateComparison.Difference;
import io.varve.projections.StateComparison.TableResult;
import io.varve.projections.StoreRef;
import io.varve.store.state.StateView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds a read model against the events: applies them anew beside it, up to where it is, and
 * compares all rows; then finds the last event of each first row that differs, by applying the
 * events once more.
 *
 * <pre>
 *   rounds      live view: position, letters ──▶ closed ──▶ apply up to that position
 *               until there is little left to apply
 *   compare     live view ──▶ apply the rest, compare ──▶ closed
 *   explain     apply, with an eye on the rows that differ
 * </pre>
 */
final class ReadModelVerifier {
    /** Fewer events than this are applied while the view is open that is compared. */
    private static final long LITTLE = 10_000;

    private static final int MOST_ROUNDS = 10;

    /** Rows between two looks at whether to go on; a power of two. */
    private static final int LOOK_EVERY = 1024;

    private final Timeline line;
    private final ReplayTerms terms;

    /** A row that differs, and the last event that has touched it. */
    private static final class Suspect {
        private final RowProbe<Object, Object> probe;
        private Optional<ExplainedChange<?>> last = Optional.empty();

        private Suspect(RowProbe<Object, Object> probe) {
            this.probe = probe;
        }

        private void look(SourceEvent event) {
            probe.look().ifPresent(touch -> last = Optional.of(ExplainedChange.of(event, touch)));
        }
    }

    ReadModelVerifier(Timeline line, ReplayTerms terms) {
        this.line = line;
        this.terms = terms;
    }

    ReadModelVerification verify() throws InterruptedException {
        Timeline.Now now = line.now();
        Timeline.Base base = line.firstBase(now);
        long from = base.position();
        List<TableResult> results;
        long position;
        LeftOut left;
        try (Replay replay = new Replay(line, terms, base, now.left())) {
            catchUp(replay, now);
            try (ReadView live = line.readers().openForLong()) {
                now = Timeline.now(live);
                advance(replay, now);
                results = compare(replay, live.state());
            }
            position = replay.position();
            left = replay.left();
        }
        Map<TableResult, Suspect> suspects = suspects(results, position, left);
        return new ReadModelVerification(
                line.projection().name(),
                from,
                position,
                results.stream().map(one -> result(one, suspects)).toList());
    }

    /** Comes near to the read model, which goes on. */
    private void catchUp(Replay replay, Timeline.Now first) throws InterruptedException {
        Timeline.Now now = first;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            advance(replay, now);
            now = line.now();
            if (now.position() - replay.position() < LITTLE) {
                return;
            }
        }
    }

    private void advance(Replay replay, Timeline.Now now) throws InterruptedException {
        if (now.position() < replay.position()) {
            throw disturbed(replay, "it was begun anew meanwhile");
        }
        if (!now.left().isSame(replay.left(), replay.position())) {
            throw disturbed(replay, "dead letters were retried meanwhile");
        }
        replay.leaveOut(now.left());
        replay.to(now.position());
    }

    private VerificationDisturbedException disturbed(Replay replay, String what) {
        return new VerificationDisturbedException(
                line.projection().name(), replay.position(), what);
    }

    private List<TableResult> compare(Replay replay, StateView live) throws InterruptedException {
        long[] rows = {0};
        try (StateView expected = replay.overlay().view()) {
            return new StateComparison(line.projection().topology())
                    .run(
                            expected,
                            live,
                            () -> {
                                if ((++rows[0] & LOOK_EVERY - 1) == 0) {
                                    look(replay.position(), rows[0]);
                                }
                            });
        } catch (Interrupted e) {
            throw e.interrupt;
        }
    }

    /** Out of a walk that knows of no interrupts. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient InterruptedException interrupt;

        private Interrupted(InterruptedException interrupt) {
            super(interrupt);
            this.interrupt = interrupt;
        }
    }

    private void look(long position, long rows) {
        try {
            terms.check(line, position, position);
        } catch (InterruptedException e) {
            throw new Interrupted(e);
        }
        terms.told().accept(ReplayProgress.comparing(position, rows));
    }

    private Map<TableResult, Suspect> suspects(
            List<TableResult> results, long position, LeftOut left) throws InterruptedException {
        Map<TableResult, Suspect> suspects = new HashMap<>();
        if (results.stream().allMatch(one -> one.first().isEmpty())) {
            return suspects;
        }
        Timeline.Base base = line.firstBase(new Timeline.Now(position, left));
        try (Replay replay = new Replay(line, terms, base, left)) {
            for (TableResult result : results) {
                result.first()
                        .flatMap(row -> probe(replay.task(), result.store(), row))
                        .ifPresent(probe -> suspects.put(result, new Suspect(probe)));
            }
            List<Suspect> watched = new ArrayList<>(suspects.values());
            replay.watch(event -> watched.forEach(one -> one.look(event)));
            replay.to(position);
        }
        return suspects;
    }

    /** Empty if what was found is no key. */
    private static Optional<RowProbe<Object, Object>> probe(
            ProjectionTask task, String store, Difference row) {
        try {
            return Optional.of(task.probe(StoreRef.<Object, Object>of(store), row.key()));
        } catch (ClassCastException | IllegalArgumentException e) {
            return Optional.empty(); // a text in place of what cannot be read
        }
    }

    private static TableVerification result(TableResult one, Map<TableResult, Suspect> suspects) {
        Optional<DifferingRow> first =
                one.first()
                        .map(
                                row ->
                                        new DifferingRow(
                                                row.key(),
                                                row.expected(),
                                                row.found(),
                                                Optional.ofNullable(suspects.get(one))
                                                        .flatMap(suspect -> suspect.last)));
        return new TableVerification(one.table(), one.rows(), one.different(), first);
    }
}
