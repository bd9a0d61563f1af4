package io.varve.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.projections.ProjectionException;
import io.varve.store.errors.SerdeException;
import io.varve.store.errors.StoreClosedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that did not happen show in rows that nobody else sees. */
class WhatIfTest extends LedgerTestBase {
    private static WhatIf append(WhatIf whatIf, List<Ledger.Timed> more) {
        more.forEach(
                one ->
                        whatIf.append(
                                Ledger.stream(one.entry().account()),
                                Instant.ofEpochMilli(one.millis()),
                                List.of(one.entry())));
        return whatIf;
    }

    private Ledger.Rows expected(long base, List<Ledger.Timed> more) {
        return new Ledger.Oracle().apply(events.subList(0, (int) base + 1)).apply(more).rows();
    }

    private static Ledger.Rows rows(WhatIf whatIf) {
        try (ReadView view = whatIf.view()) {
            assertEquals(whatIf.position(), view.position());
            return Ledger.Rows.of(view);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, TimeTravel.DEFAULT_OVERLAY_BYTES})
    void shouldBeWhatPlainJavaMakesOfMoreEvents(long overlayBytes) throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        TimeTravel travel = travel(runtime).withOverlayBytes(overlayBytes);
        for (long base : new long[] {149, 77, -1}) {
            List<Ledger.Timed> more = Ledger.random(random, now, 40);
            try (WhatIf whatIf = travel.whatIf(base)) {
                append(whatIf, more.subList(0, 20));
                assertEquals(base + 20, whatIf.position());
                ReadView earlier = whatIf.view();
                append(whatIf, more.subList(20, 40));
                assertEquals(expected(base, more), rows(whatIf));
                assertEquals(expected(base, more.subList(0, 20)), Ledger.Rows.of(earlier));
                assertEquals(base, whatIf.basePosition());
            }
        }
        assertNothingLeft();
    }

    @Test
    void shouldWriteNothing() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 150);
        runtime.pause(Ledger.CATEGORY);
        Path models = folder.resolve("models").resolve(Ledger.CATEGORY);
        Path data = models.resolve("generation-1-v1").resolve("data.mdb");
        Path log = folder.resolve("log").resolve("log").resolve("data.mdb");
        byte[] rowsBefore = Files.readAllBytes(data);
        byte[] logBefore = Files.readAllBytes(log);
        try (WhatIf whatIf = travel(runtime).withOverlayBytes(0).whatIf()) {
            append(whatIf, Ledger.random(random, now, 60));
            rows(whatIf);
        }
        assertEquals(149, store.head());
        assertArrayEquals(rowsBefore, Files.readAllBytes(data));
        assertArrayEquals(logBefore, Files.readAllBytes(log));
        try (ReadView view = travel(runtime).asOf(149)) {
            assertEquals(expected(149), Ledger.Rows.of(view));
        }
    }

    /** Two threads in its midst would break it, and memory that is not theirs could be next. */
    @Test
    void shouldRefuseACallWhileAnotherIsUnderWay() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 20);
        try (WhatIf whatIf = travel(runtime).whatIf()) {
            List<Throwable> refused = new ArrayList<>();
            List<Object> meanwhile =
                    new AbstractList<>() {
                        @Override
                        public Object get(int index) {
                            Stream.<Executable>of(
                                            whatIf::view,
                                            whatIf::close,
                                            () -> append(whatIf, Ledger.random(random, now, 1)))
                                    .forEach(call -> refused.add(caught(call)));
                            return new Ledger.Entry("account-1", 5, "x");
                        }

                        @Override
                        public int size() {
                            return 1;
                        }
                    };
            whatIf.append(Ledger.stream("account-1"), Instant.EPOCH, meanwhile);
            assertEquals(3, refused.size());
            refused.forEach(error -> assertInstanceOf(IllegalStateException.class, error));
            assertEquals(20, whatIf.position());
            rows(whatIf);
        }
    }

    /** What a call throws on a thread of its own; null where it answers. */
    private static Throwable caught(Executable call) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                call.execute();
                                return null;
                            } catch (Throwable e) {
                                return e;
                            }
                        })
                .join();
    }

    @Test
    void shouldStandBesideOthersAndWhatHappens() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        List<Ledger.Timed> one = Ledger.random(random, now, 20);
        List<Ledger.Timed> other = Ledger.random(random, now, 20);
        try (WhatIf first = append(travel(runtime).whatIf(), one);
                WhatIf second = append(travel(runtime).whatIf(), other)) {
            List<Ledger.Timed> before = new ArrayList<>(events);
            appendAndWait(runtime, 50);
            assertEquals(new Ledger.Oracle().apply(before).apply(one).rows(), rows(first));
            assertEquals(new Ledger.Oracle().apply(before).apply(other).rows(), rows(second));
            assertEquals(119, first.position());
        }
    }

    @Test
    void shouldGoOnFromTheVersionsOfThen() throws Exception {
        ProjectionRuntime runtime = ledger();
        long before = events.size();
        appendAndWait(runtime, 100);
        assertEquals(0, before);
        try (WhatIf whatIf = travel(runtime).whatIf(50)) {
            whatIf.append(Ledger.CATEGORY, "account-1", new Ledger.Entry("account-1", 5, "x"));
            whatIf.append(
                    Ledger.CATEGORY,
                    "new",
                    List.of(new Ledger.Entry("new", 5, "x"), new Ledger.Entry("new", 6, "y")));
            assertEquals(53, whatIf.position());
            try (ReadView view = whatIf.view()) {
                assertEquals(
                        new Ledger.Balance(11, "y"),
                        view.store(Ledger.BALANCES).get("new").orElseThrow());
            }
        }
    }

    @Test
    void shouldTellWhatFailsAndGoOnWithoutIt() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        hook =
                entry -> {
                    if (entry.cents() == 13) {
                        throw new IllegalStateException("unlucky");
                    }
                };
        try (WhatIf whatIf = travel(runtime).whatIf()) {
            Ledger.Entry good = new Ledger.Entry("a", 1, "x");
            Ledger.Entry bad = new Ledger.Entry("a", 13, "x");
            ProjectionException e =
                    assertThrows(
                            ProjectionException.class,
                            () -> whatIf.append(Ledger.CATEGORY, "a", good, bad));
            assertEquals(101, e.position());
            assertEquals(99, whatIf.position());
            whatIf.append(Ledger.CATEGORY, "a", good);
            try (ReadView view = whatIf.view()) {
                assertEquals(1, view.store(Ledger.BALANCES).get("a").orElseThrow().cents());
            }
            assertThrows(IllegalArgumentException.class, () -> whatIf.append("other", "a", good));
            assertThrows(SerdeException.class, () -> whatIf.append(Ledger.CATEGORY, "a", "text"));
            assertEquals(100, whatIf.position());
        }
        assertTrue(runtime.deadLetters(Ledger.CATEGORY).list().isEmpty());
    }

    @Test
    void shouldRefuseAStreamUnderQuarantine() throws Exception {
        hook =
                entry -> {
                    if (entry.account().equals("account-5")) {
                        throw new IllegalStateException("not this one");
                    }
                };
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 100);
        hook = entry -> {};
        Ledger.Entry entry = new Ledger.Entry("account-5", 1, "x");
        try (WhatIf whatIf = travel(runtime).whatIf()) {
            assertThrows(
                    QuarantinedStreamException.class,
                    () -> whatIf.append(Ledger.CATEGORY, "account-5", entry));
        }
        long first = runtime.deadLetters(Ledger.CATEGORY).list().get(0).position();
        try (WhatIf whatIf = travel(runtime).whatIf(first - 1)) {
            whatIf.append(Ledger.CATEGORY, "account-5", entry);
        }
    }

    @Test
    void shouldEndWithTheAgeOfItsRows() throws Exception {
        RuntimeConfig limited = RuntimeConfig.defaults().withViewLimit(Duration.ofMillis(500));
        ProjectionRuntime runtime = ledger(limited, SnapshotPolicy.onDemand());
        appendAndWait(runtime, 20);
        Ledger.Entry entry = new Ledger.Entry("a", 1, "x");
        try (WhatIf whatIf = travel(runtime).withOverlayBytes(0).whatIf()) {
            while (runtime.views().open() > 0) {
                Polling.pause();
            }
            assertThrows(
                    ViewExpiredException.class, () -> whatIf.append(Ledger.CATEGORY, "a", entry));
        }
        assertNothingLeft();
    }

    @Test
    void shouldEndWithItsRuntime() throws Exception {
        ProjectionRuntime runtime = ledger();
        appendAndWait(runtime, 20);
        Ledger.Entry entry = new Ledger.Entry("a", 1, "x");
        try (WhatIf whatIf = travel(runtime).withOverlayBytes(0).whatIf()) {
            whatIf.append(Ledger.CATEGORY, "a", entry);
            runtime.close();
            assertThrows(
                    StoreClosedException.class, () -> whatIf.append(Ledger.CATEGORY, "a", entry));
            assertThrows(StoreClosedException.class, whatIf::view);
        }
        assertNothingLeft();
    }
}
