package io.varve.runtime;

import io.varve.projections.CacheCounts;
import io.varve.projections.Projection;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The figures of a projection, at the time of the call. Named as in Kafka Streams where the meaning
 * is the same. Rates and latencies are of the last 30 to 60 seconds, totals since the start, over
 * pauses; of the generation that is live, so that they change when another is.
 *
 * @param name of the projection
 * @param version of its definition
 * @param state where it is in its life
 * @param position of the last event its read model has applied; -1 if none
 * @param processRate how many events a second were given to its topology
 * @param processTotal how many events were given to its topology, and committed
 * @param droppedRecordsTotal how many records came too late for the windows of its nodes, which
 *     dropped them, or to be kept by joins of streams; one counts for each window that it would
 *     have fallen into
 * @param droppedRecords the same by the store of the table that they came too late for: windows,
 *     versions, or a join; without those that dropped none. It does not change
 * @param commitRate how many commits a second there were
 * @param commitTotal how many commits there were
 * @param commitLatency how long its commits took
 * @param recordE2eLatency from the commit of an event in the log until it could be read in the read
 *     model; measured once per commit, at the oldest event in it (so the minimum is that of a
 *     commit, and others in it were seen sooner), in whole milliseconds, as the log has no finer
 *     time. While it catches up that is the age of what it reads.
 * @param recordsLag how many events of the log are not applied yet
 * @param timeLag how long the oldest of them has been committed; zero when there is none
 * @param deadLetters how many events it has left out: dead, waiting behind a dead one, skipped,
 *     purged
 * @param cache of the decoded rows it keeps between commits, as of its last commit; hits and misses
 *     are totals
 * @param openViews how many read views of it are open
 * @param oldestOpenView how long the oldest of them has been open; zero if there is none
 * @param rebuild how its rebuild is doing, if it has one that was begun since the start and is
 *     neither promoted nor cancelled
 */
public record ProjectionMetrics(
        String name,
        int version,
        ProjectionState state,
        long position,
        double processRate,
        long processTotal,
        long droppedRecordsTotal,
        Map<String, Long> droppedRecords,
        double commitRate,
        long commitTotal,
        LatencyMetrics commitLatency,
        LatencyMetrics recordE2eLatency,
        long recordsLag,
        Duration timeLag,
        DeadLetterCounts deadLetters,
        CacheCounts cache,
        int openViews,
        Duration oldestOpenView,
        Optional<RebuildProgress> rebuild) {
    static ProjectionMetrics of(
            Projection projection,
            Progress progress,
            Lag lag,
            long position,
            DeadLetterCounts letters,
            Readers views,
            Optional<RebuildProgress> rebuild) {
        long now = System.nanoTime();
        WorkerMeter.Recent recent = progress.meter().recent(now);
        long[] ages = views.ages(now);
        Map<String, Long> dropped = progress.meter().dropped();
        return new ProjectionMetrics(
                projection.name(),
                projection.version(),
                progress.state(),
                position,
                recent.processRate(),
                progress.applied(),
                dropped.values().stream().mapToLong(Long::longValue).sum(),
                dropped,
                recent.commitRate(),
                progress.meter().commits(),
                recent.commitLatency(),
                recent.endToEndLatency(),
                Math.max(0, lag.head() - position),
                lag.time(),
                letters,
                progress.meter().cache(),
                ages.length,
                Duration.ofNanos(Math.max(0, LongStream.of(ages).max().orElse(0))),
                rebuild);
    }
}
