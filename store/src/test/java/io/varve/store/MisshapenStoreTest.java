package io.varve.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.varve.store.VerificationReport.Problem;
import io.varve.store.errors.VarveException;
import io.varve.store.lmdb.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each file and folder of a store, and of a backup, is something else: all that are given it say
 * the same, make nothing, and what they advise helps.
 */
class MisshapenStoreTest {
    private static final int EVENTS = 20;
    private static final List<String> PARTS =
            List.of(
                    "",
                    "varve.lock",
                    "log",
                    "log/data.mdb",
                    "log/lock.mdb",
                    "log/varve.sync",
                    "log/varve.lock",
                    "index",
                    "index/data.mdb",
                    "index/lock.mdb",
                    "index/varve.sync",
                    "index/varve.lock");

    @TempDir Path folder;
    private Path whole;
    private Path store;

    /** What is in the place of a file or folder. */
    enum Shape {
        MISSING,
        EMPTY_FILE,
        FOLDER,
        LINK_TO_NOTHING,
        LINK,
        HARD_LINK,
        UNREADABLE,
        READ_ONLY;

        void put(Path place, Path nowhere, Path other) throws IOException {
            boolean file = !Files.isDirectory(place);
            switch (this) {
                case UNREADABLE -> assertTrue(place.toFile().setReadable(false));
                case READ_ONLY -> assertTrue(place.toFile().setWritable(false));
                default -> DurableFiles.delete(place);
            }
            switch (this) {
                case EMPTY_FILE -> Files.createFile(place);
                case FOLDER -> Files.createDirectory(place);
                case LINK_TO_NOTHING -> Files.createSymbolicLink(place, nowhere);
                case LINK -> Files.createSymbolicLink(place, other);
                case HARD_LINK -> {
                    if (file) {
                        Files.createLink(place, other);
                    } else {
                        Files.createDirectory(place);
                    }
                }
                default -> {}
            }
        }

        /** Whether it depends on who looks. */
        boolean isOfRights() {
            return this == UNREADABLE || this == READ_ONLY;
        }
    }

    @BeforeEach
    void make() {
        whole = folder.resolve("whole");
        store = folder.resolve("store");
        try (EventStore open = EventStore.open(StoreConfig.at(whole).withMergeEvents(5))) {
            for (int i = 0; i < EVENTS; i++) {
                open.append(TestEvents.stream("a"), ExpectedVersion.any(), TestEvents.event("x"));
            }
            open.backup(folder.resolve("backup"), ProgressListener.none());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private Path misshape(Path from, String part, Shape shape) throws IOException {
        makeDeletable();
        DurableFiles.delete(store);
        DurableFiles.delete(folder.resolve("other"));
        copy(from, store);
        copy(from, folder.resolve("other"));
        Path place = part.isEmpty() ? store : store.resolve(part);
        shape.put(
                place,
                folder.resolve("nowhere"),
                part.isEmpty() ? folder.resolve("other") : folder.resolve("other").resolve(part));
        return place;
    }

    private void makeDeletable() {
        for (String part : PARTS) {
            Path place = part.isEmpty() ? store : store.resolve(part);
            if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                place.toFile().setReadable(true);
                place.toFile().setWritable(true);
            }
        }
    }

    /** What one said of it; nothing where that is well. */
    private static Optional<String> told(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (VarveException e) {
            return Optional.of(e.getMessage());
        }
    }

    private Optional<String> opened() {
        return told(
                () -> {
                    StoreConfig config = StoreConfig.at(store).withCreateIfMissing(false);
                    try (EventStore open = EventStore.open(config)) {
                        assertEquals(EVENTS, TestEvents.all(open).size());
                        assertEquals(List.of(), open.verify(ProgressListener.none()).problems());
                    }
                });
    }

    private List<Problem> verified() {
        return ClosedStore.verify(store, ProgressListener.none()).problems();
    }

    private TreeSet<String> names() throws IOException {
        try (var paths = Files.walk(folder)) {
            TreeSet<String> names = new TreeSet<>(paths.map(Path::toString).toList());
            names.removeIf(name -> name.endsWith("varve.lock"));
            return names;
        }
    }

    private static boolean says(List<Problem> problems, String message) {
        return problems.stream().anyMatch(p -> message.equals(p.what() + ". " + p.remedy()));
    }

    /** Each shape in a sixth of the places, so that each shape and each place has its turn. */
    private static List<String> some(Shape shape) {
        return IntStream.range(0, PARTS.size())
                .filter(i -> (i + shape.ordinal()) % 6 == 2)
                .mapToObj(PARTS::get)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(
            value = Shape.class,
            names = {"UNREADABLE", "READ_ONLY"},
            mode = EnumSource.Mode.EXCLUDE)
    void shouldBeToldAlikeByAll(Shape shape) throws IOException {
        beToldAlikeByAll(shape, some(shape));
    }

    @ParameterizedTest
    @EnumSource(
            value = Shape.class,
            names = {"UNREADABLE", "READ_ONLY"},
            mode = EnumSource.Mode.EXCLUDE)
    @Tag("long")
    void shouldBeToldAlikeByAllEverywhere(Shape shape) throws IOException {
        beToldAlikeByAll(shape, PARTS);
    }

    private void beToldAlikeByAll(Shape shape, List<String> parts) throws IOException {
        for (String part : parts) {
            String about = part + " " + shape;
            Path place = misshape(whole, part, shape);
            TreeSet<String> before = names();
            List<Problem> problems = verified();
            Optional<String> salvaged = told(() -> assertSalvaged());
            assertEquals(before, names(), about);
            Optional<String> opened = opened();
            opened.ifPresent(why -> assertTrue(says(problems, why), about + problems + why));
            if (problems.isEmpty()) {
                assertEquals(Optional.empty(), opened, about);
            }
            salvaged.ifPresent(why -> assertEquals(opened, salvaged, about));
            misshape(whole, part, shape);
            Optional<String> rebuilt =
                    told(
                            () ->
                                    ClosedStore.rebuildIndex(
                                            StoreConfig.at(store), ProgressListener.none()));
            rebuilt.ifPresent(why -> assertEquals(opened, rebuilt, about));
            assertFalse(Files.exists(folder.resolve("nowhere")), about);
            if (opened.isPresent()) {
                follow(opened.get(), place, part, about);
            }
        }
    }

    private void assertSalvaged() {
        assertEquals(EVENTS, Salvage.read(store, event -> true).events());
    }

    /** Does what is advised: puts back what was there, or takes away what is made anew. */
    private void follow(String advice, Path place, String part, String about) throws IOException {
        boolean derived = !part.isEmpty() && !part.equals("log") && !part.equals("log/data.mdb");
        if (derived && advice.matches("(?s).*(ake it away|delete the link|delete the file).*")) {
            DurableFiles.delete(place);
            assertEquals(Optional.empty(), opened(), about + advice);
        } else if (advice.contains("cp -r")) {
            Path copy = folder.resolve("copy");
            copy(store, copy);
            DurableFiles.delete(store);
            Files.move(copy, store);
            assertEquals(Optional.empty(), opened(), about + advice);
        } else {
            String expected =
                    "(?s).*(put the (file|folder)|[Pp]ut the log back|Name the folder|Name a folder).*";
            assertTrue(advice.matches(expected) || advice.contains("Put the file"), about + advice);
            DurableFiles.delete(place);
            if (part.isEmpty()) {
                copy(whole, place);
            } else if (Files.isDirectory(whole.resolve(part))) {
                copy(whole.resolve(part), place);
            } else {
                Files.createDirectories(place.getParent());
                Files.copy(whole.resolve(part), place);
            }
            assertEquals(Optional.empty(), opened(), about + advice);
        }
    }

    /** Whatever the user may do: nobody takes it for damage, nor for nothing. */
    @ParameterizedTest
    @EnumSource(names = {"UNREADABLE", "READ_ONLY"})
    void shouldBeNoDamageWhereThisUserHasNoRight(Shape shape) throws IOException {
        beNoDamage(shape, some(shape));
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREADABLE", "READ_ONLY"})
    @Tag("long")
    void shouldBeNoDamageWhereverThisUserHasNoRight(Shape shape) throws IOException {
        beNoDamage(shape, PARTS);
    }

    private void beNoDamage(Shape shape, List<String> parts) throws IOException {
        for (String part : parts) {
            String about = part + " " + shape;
            TreeMap<String, Supplier<Optional<String>>> calls = new TreeMap<>();
            calls.put("open", this::opened);
            calls.put("salvage", () -> told(this::assertSalvaged));
            calls.put("verify", () -> told(() -> assertNoDamage(verified())));
            calls.put(
                    "rebuild",
                    () ->
                            told(
                                    () ->
                                            ClosedStore.rebuildIndex(
                                                    StoreConfig.at(store),
                                                    ProgressListener.none())));
            for (var call : calls.entrySet()) {
                misshape(whole, part, shape);
                Optional<String> why = call.getValue().get();
                why.ifPresent(told -> assertTrue(told.contains("See the cause"), about + told));
                makeDeletable();
                assertEquals(Optional.empty(), opened(), about + call.getKey());
            }
        }
        makeDeletable();
    }

    private static void assertNoDamage(List<Problem> problems) {
        for (Problem problem : problems) {
            boolean ofRights = problem.remedy().startsWith("See the cause");
            boolean ofLog = problem.remedy().startsWith("See to the log first");
            assertTrue(ofRights || ofLog, problem::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FOLDER", "LINK_TO_NOTHING"})
    void shouldRestoreNoBackupThatIsMisshapenInOneOfTheseWays(Shape shape) throws IOException {
        shouldRestoreNoBackupThatIsMisshapen(shape);
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    @Tag("long")
    void shouldRestoreNoBackupThatIsMisshapen(Shape shape) throws IOException {
        Path backup = folder.resolve("backup");
        for (String part : List.of("", "data.mdb", "manifest")) {
            String about = part + " " + shape;
            Path place = misshape(backup, part, shape);
            Path target = folder.resolve("restored");
            DurableFiles.delete(target);
            TreeSet<String> before = names();
            List<Problem> problems = Backups.verify(store, ProgressListener.none()).problems();
            assertEquals(before, names(), about);
            Optional<String> restored =
                    told(() -> Backups.restore(store, target, ProgressListener.none()));
            assertEquals(problems.isEmpty(), restored.isEmpty(), about + problems);
            assertEquals(restored.isEmpty(), Files.exists(target), about);
            if (shape.isOfRights()) {
                restored.ifPresent(why -> assertTrue(why.contains("See the cause"), about + why));
            }
            place.toFile().setReadable(true);
            place.toFile().setWritable(true);
        }
    }
}
