package io.varve.projections;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a tick does in one task, whose topology asks for ticks. */
final class TaskTicks {
    private final TimePlan plan;
    private final TaskContext context;

    /** Those for which time passes, parents before their children. */
    private final List<TimedNode> timed = new ArrayList<>();

    /** Of the stores whose rows do, if stream time goes on with ticks. */
    private final List<RowExpiry> expiring;

    private final PunctualNode[] punctual;

    private record TimedNode(ProcessorNode node, Timed operator, long behind) {}

    /** The nodes by their index; the plan lacks the source of ticks, which is the last. */
    TaskTicks(
            TimePlan plan,
            ProcessorNode[] nodes,
            PunctualNode[] punctual,
            TaskContext context,
            TaskStores stores) {
        this.plan = plan;
        this.context = context;
        this.expiring = plan.movesStreamTime() ? expiring(stores) : List.of();
        this.punctual = punctual;
        for (int i = 0; i < plan.behind().length; i++) {
            long behind = plan.behind()[i];
            if (behind != TimePlan.NONE) {
                nodes[i].timed().ifPresent(add(nodes[i], behind));
            }
        }
    }

    private static List<RowExpiry> expiring(TaskStores stores) {
        return stores.all().stream()
                .map(WriteBackStore::expiry)
                .filter(rows -> rows.isOn() && !rows.hasOwnTime()) // the nodes of others ask
                .toList();
    }

    private Consumer<Timed> add(ProcessorNode node, long behind) {
        return operator -> timed.add(new TimedNode(node, operator, behind));
    }

    /** It is this time. What nodes tell of reaches those behind them before time passes there. */
    void apply(SourceEvent tick) {
        long now = tick.eventTimeMillis();
        context.beginTick(tick, streamTime(now));
        for (TimedNode one : timed) {
            one.node().pass(one.operator(), now - one.behind());
        }
        for (PunctualNode node : punctual) {
            node.punctuate();
            node.tick(now);
        }
    }

    private long streamTime(long now) {
        return plan.movesStreamTime() ? now - plan.lateness() : Long.MIN_VALUE;
    }

    /** When a tick does something next; lets go of the committed state. */
    long due() {
        long due = Math.min(dueByStreamTime(), dueByTheClock());
        context.closeView();
        return due;
    }

    private long dueByTheClock() {
        long due = Timed.NEVER;
        for (PunctualNode node : punctual) {
            due = Math.min(due, node.due(PunctuationType.WALL_CLOCK_TIME));
        }
        return due;
    }

    private long dueByStreamTime() {
        long due = Timed.NEVER;
        for (TimedNode one : timed) {
            due = Math.min(due, later(one.operator().due(), one.behind()));
        }
        if (plan.movesStreamTime()) {
            for (RowExpiry rows : expiring) {
                due = Math.min(due, later(rows.next(), plan.lateness()));
            }
            for (PunctualNode node : punctual) {
                due = Math.min(due, later(node.due(PunctuationType.STREAM_TIME), plan.lateness()));
            }
        }
        return due;
    }

    private static long later(long due, long behind) {
        return due >= Timed.NEVER - behind ? Timed.NEVER : due + behind;
    }
}
