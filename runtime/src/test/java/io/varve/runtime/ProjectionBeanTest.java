package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.varve.projections.CacheCounts;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Each attribute shows its own figure: here no two are equal. */
class ProjectionBeanTest {
    private static final GenerationId NEXT = new GenerationId(2, 8);
    private static final ProjectionGenerations GENERATIONS =
            new ProjectionGenerations(
                    new GenerationId(1, 7), Optional.empty(), Optional.of(NEXT), true);

    private static LatencyMetrics latency(long first) {
        return new LatencyMetrics(
                first,
                Duration.ofMillis(first + 1),
                Duration.ofMillis(first + 2),
                Duration.ofMillis(first + 3),
                Duration.ofMillis(first + 4));
    }

    private static Optional<RebuildProgress> rebuild() {
        return Optional.of(
                new RebuildProgress(
                        NEXT,
                        RebuildPhase.CATCHING_UP,
                        41,
                        Optional.empty(),
                        List.of(),
                        42,
                        143,
                        44,
                        Optional.of(Duration.ofMillis(45)),
                        OptionalLong.empty(),
                        DeadLetterCounts.NONE,
                        Optional.empty(),
                        ProjectionActivity.WORKING,
                        Optional.empty(),
                        Optional.empty()));
    }

    private static ProjectionMetrics metrics(Optional<RebuildProgress> rebuild) {
        return new ProjectionMetrics(
                "one",
                7,
                ProjectionState.CATCHING_UP,
                8,
                9.5,
                10,
                11,
                Map.of("windows", 18L),
                12.5,
                13,
                latency(20),
                latency(30),
                14,
                Duration.ofMillis(15),
                new DeadLetterCounts(51, 52, 53, 54),
                new CacheCounts(3, 1, 61, 62),
                16,
                Duration.ofMillis(17),
                rebuild);
    }

    private static ProjectionStatus status() {
        return new ProjectionStatus(
                "one",
                7,
                ProjectionState.CATCHING_UP,
                8,
                22,
                14,
                Duration.ofMillis(15),
                10,
                Optional.of(new IllegalStateException("on purpose")),
                Optional.empty(),
                DeadLetterCounts.NONE,
                Optional.empty(),
                ProjectionActivity.WORKING,
                Optional.empty(),
                GENERATIONS,
                List.of());
    }

    private static Map<String, Object> shown(Optional<RebuildProgress> rebuild) throws Exception {
        ProjectionBean bean =
                new ProjectionBean(() -> metrics(rebuild), ProjectionBeanTest::status);
        Map<String, Object> shown = new TreeMap<>();
        for (Method getter : ProjectionMXBean.class.getMethods()) {
            shown.put(getter.getName().substring("get".length()), getter.invoke(bean));
        }
        return shown;
    }

    private static Map<String, Object> expected() {
        Map<String, Object> expected = new TreeMap<>();
        expected.put("Name", "one");
        expected.put("Version", 7);
        expected.put("State", "CATCHING_UP");
        expected.put("Activity", "WORKING");
        expected.put("Failure", "java.lang.IllegalStateException: on purpose");
        expected.put("Position", 8L);
        expected.put("ProcessRate", 9.5);
        expected.put("ProcessTotal", 10L);
        expected.put("DroppedRecordsTotal", 11L);
        expected.put("DroppedRecords", Map.of("windows", 18L));
        expected.put("CommitRate", 12.5);
        expected.put("CommitTotal", 13L);
        expected.put("CommitLatencyAvg", 22.0);
        expected.put("CommitLatencyP99", 23.0);
        expected.put("CommitLatencyMax", 24.0);
        expected.put("RecordE2eLatencyMin", 31.0);
        expected.put("RecordE2eLatencyAvg", 32.0);
        expected.put("RecordE2eLatencyP99", 33.0);
        expected.put("RecordE2eLatencyMax", 34.0);
        expected.put("RecordsLag", 14L);
        expected.put("TimeLag", 15.0);
        expected.put("DeadLetters", 51L);
        expected.put("WaitingLetters", 52L);
        expected.put("SkippedRecords", 53L);
        expected.put("PurgedLetters", 54L);
        expected.put("CacheHitRate", 0.75);
        expected.put("CacheRows", 61L);
        expected.put("CacheSize", 62L);
        expected.put("OpenViews", 16);
        expected.put("OldestOpenView", 17.0);
        expected.put("RebuildPhase", "CATCHING_UP");
        expected.put("RebuildPosition", 42L);
        expected.put("RebuildLag", 101L);
        expected.put("RebuildRate", 44.0);
        expected.put("RebuildRemaining", 45.0);
        return expected;
    }

    @Test
    void shouldShowTheFigureOfEachAttribute() throws Exception {
        assertEquals(expected(), shown(rebuild()));
    }

    @Test
    void shouldShowThatThereIsNoRebuild() throws Exception {
        Map<String, Object> expected = expected();
        expected.put("RebuildPhase", "");
        expected.put("RebuildPosition", -1L);
        expected.put("RebuildLag", 0L);
        expected.put("RebuildRate", 0.0);
        expected.put("RebuildRemaining", -1.0);
        assertEquals(expected, shown(Optional.empty()));
    }
}
