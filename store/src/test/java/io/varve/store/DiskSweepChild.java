package io.varve.store;

import io.varve.store.errors.AppendOutcomeUnknownException;
import io.varve.store.errors.StoreFailedException;
import io.varve.store.errors.StoreFullException;
import io.varve.store.errors.StoreIoException;
import io.varve.store.errors.VarveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets the disk fail in all ways while a store is made, appended to, merged and closed; then looks
 * at what is left, after the store was opened again and the machine crashed, or crashed at once.
 *
 * <p>Prints what went wrong, and at last how many faults there were.
 */
final class DiskSweepChild {
    private static final int EVENTS = 9;
    private static final int MANY = 1 << 20;

    private final DiskShim disk;
    private final Path folder;
    private final List<DiskFault> faults = new ArrayList<>();
    private int run;
    private int struck;

    private DiskSweepChild(DiskShim disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /** Arguments: a folder, how many faults there are to one that is tried, and the first. */
    public static void main(String[] arguments) throws Exception {
        DiskSweepChild sweep = new DiskSweepChild(DiskShim.here(), Path.of(arguments[0]));
        sweep.faults.addAll(DiskFault.of(false, sweep.count(false, 1), sweep.count(false, 2)));
        sweep.faults.addAll(DiskFault.of(true, sweep.count(true, 1), sweep.count(true, 2)));
        int step = Integer.parseInt(arguments[1]);
        for (int i = Integer.parseInt(arguments[2]); i < sweep.faults.size(); i += step) {
            if (step == 1 || i % 2 == 0) {
                sweep.look(sweep.faults.get(i), true);
            }
            if (step == 1 || i % 2 == 1) {
                sweep.look(sweep.faults.get(i), false);
            }
        }
        System.out.println("run " + sweep.run + " of " + sweep.faults.size());
        System.out.println("struck " + sweep.struck);
    }

    private int count(boolean async, int calls) throws IOException {
        Path store = Files.createTempDirectory(folder, "count").resolve("store");
        Scenario scenario = new Scenario(store, async);
        disk.arm(calls, MANY, true, DiskShim.EIO);
        scenario.run();
        disk.heal();
        if (scenario.kept.size() != EVENTS) {
            throw new IllegalStateException("Fails with a disk that works: " + scenario.refused);
        }
        return MANY - disk.left();
    }

    private void look(DiskFault fault, boolean crashAtOnce) throws IOException {
        run++;
        Path store = folder.resolve("store" + run);
        Scenario scenario = new Scenario(store, fault.async());
        try {
            disk.arm(fault.calls(), fault.after(), fault.once(), fault.errno());
            try {
                scenario.run();
            } finally {
                struck += disk.heal() > 0 ? 1 : 0;
            }
            if (fault.once()) {
                scenario.checkGoesOn();
            }
            if (crashAtOnce) {
                crash(store);
                scenario.check(fault.async() ? scenario.synced : scenario.kept);
            } else {
                scenario.check(scenario.kept);
                crash(store);
                scenario.check(scenario.kept);
            }
        } catch (Throwable e) {
            System.out.println("BAD " + run + " " + fault + " refused=" + scenario.refused);
            System.out.println("  " + e);
            for (StackTraceElement at : e.getStackTrace()) {
                System.out.println("    " + at);
            }
        }
        delete(store);
    }

    /** What was on disk for certain becomes what is in the file. */
    private static void crash(Path store) throws IOException {
        Path data = store.resolve("log").resolve("data.mdb");
        Path disk = data.resolveSibling("data.mdb.disk");
        if (Files.exists(data) && Files.exists(disk)) {
            byte[] bytes = Files.readAllBytes(disk);
            Files.write(data, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    private static void delete(Path store) throws IOException {
        if (!Files.exists(store)) {
            return;
        }
        try (var files = Files.walk(store)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What is done to a store. */
    private static final class Scenario {
        private final StoreConfig config;
        private final List<String> kept = new ArrayList<>();
        private final List<String> refused = new ArrayList<>();
        private List<String> synced = List.of();

        Scenario(Path store, boolean async) {
            StoreConfig usual = StoreConfig.at(store).withInitialMapBytes(1 << 20);
            config =
                    usual.withMergeEvents(4)
                            .withDurability(
                                    async
                                            ? Durability.async(Duration.ofHours(1))
                                            : Durability.SYNC);
        }

        void run() {
            try (EventStore store = EventStore.open(config)) {
                for (int i = 0; i < EVENTS; i++) {
                    append(store, i);
                }
            } catch (VarveException e) {
                refuse(e);
            }
        }

        private void append(EventStore store, int i) {
            String text = i + "x".repeat(i % 4 == 2 ? 200_000 : 100);
            try {
                store.append(
                        TestEvents.stream("s" + i % 3),
                        ExpectedVersion.any(),
                        TestEvents.event(text));
                kept.add(text);
                if (i % 3 == 2) {
                    List<String> before = List.copyOf(kept);
                    store.sync();
                    synced = before;
                }
            } catch (VarveException e) {
                refuse(e);
            }
        }

        private void refuse(VarveException e) {
            boolean known =
                    e instanceof StoreFailedException
                            || e instanceof StoreFullException
                            || e instanceof StoreIoException
                            || e instanceof AppendOutcomeUnknownException;
            if (!known) {
                throw e;
            }
            refused.add(e.getClass().getSimpleName());
        }

        /**
         * A call that failed once fails one thing; from then on all is well or refused as failed.
         */
        void checkGoesOn() {
            long others =
                    refused.stream()
                            .filter(
                                    name ->
                                            !name.equals(
                                                    StoreFailedException.class.getSimpleName()))
                            .count();
            if (others > 1) {
                throw new AssertionError("fails more than once: " + refused);
            }
        }

        /** Opens it again: what must be there is, nothing twice, and appending goes on. */
        void check(List<String> wanted) {
            try (EventStore store = EventStore.open(config)) {
                List<String> found =
                        TestEvents.assertSound(store).stream().map(TestEvents::text).toList();
                Set<String> different = new HashSet<>(found);
                if (different.size() != found.size() || !different.containsAll(wanted)) {
                    throw new AssertionError(
                            "found=" + heads(found) + " but wanted=" + heads(wanted));
                }
                String next = "again" + found.size();
                store.append(
                        TestEvents.stream("s0"), ExpectedVersion.any(), TestEvents.event(next));
                kept.add(next);
            }
        }

        private static List<String> heads(List<String> texts) {
            return texts.stream()
                    .map(text -> text.substring(0, Math.min(6, text.length())))
                    .toList();
        }
    }
}
