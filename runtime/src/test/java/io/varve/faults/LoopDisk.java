package io.varve.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A file system of its own in a file, whose power can be cut: what is not on the device then is
 * gone. Needs root.
 */
final class LoopDisk implements AutoCloseable {
    private static final long BYTES = 600L << 20;

    private final Path folder;
    private final Path image;
    private final Path mount;
    private final Path cut;
    private Optional<String> device = Optional.empty();
    private boolean other;

    private LoopDisk(Path folder) {
        this.folder = folder;
        this.image = folder.resolve("image");
        this.mount = folder.resolve("disk");
        this.cut = folder.resolve("cut");
    }

    /** Whether there can be one, for who has root, the tools and the devices. */
    static boolean isThere(String type) {
        try {
            return run("id", "-u").strip().equals("0")
                    && !run("losetup", "--version").isEmpty()
                    && !run("cc", "--version").isEmpty()
                    && !run("mkfs." + type, "-V").contains("mkfs: failed");
        } catch (IOException | InterruptedException | AssertionError e) {
            return false;
        }
    }

    static LoopDisk make(Path folder, String type) throws IOException, InterruptedException {
        return make(folder, type, BYTES);
    }

    static LoopDisk make(Path folder, String type, long bytes)
            throws IOException, InterruptedException {
        LoopDisk disk = new LoopDisk(folder);
        try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        run("mkfs." + type, "-q", disk.image.toString());
        Files.createDirectories(disk.mount);
        CSource.program("cut", folder).orElseThrow();
        disk.mount();
        return disk;
    }

    /** Where its files are. */
    Path path() {
        return mount;
    }

    /**
     * Mounts it on another device each second time: that is how a store knows that what was written
     * before may be lost, as the machine itself has not stopped.
     */
    void mount() throws IOException, InterruptedException {
        Optional<String> held = Optional.empty();
        if (other) {
            Path none = folder.resolve("none");
            Files.write(none, new byte[4096]);
            held = Optional.of(attach(none));
        }
        other = !other;
        device = Optional.of(attach(image));
        if (held.isPresent()) {
            run("losetup", "-d", held.get());
        }
        run("mount", device.get(), mount.toString());
    }

    private static String attach(Path file) throws IOException, InterruptedException {
        return run("losetup", "-f", "--show", file.toString()).strip();
    }

    /** Cuts the power, after some pages that nobody has synced have reached the device. */
    void cut(SplittableRandom random) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(cut.toString(), mount.toString()));
        command.add(random.nextInt(4) == 0 ? "1" : "2");
        command.add(String.valueOf(random.nextInt(1 << 30)));
        command.add(String.valueOf(new int[] {0, 0, 5, 50, 95}[random.nextInt(5)]));
        try (Stream<Path> files = Files.walk(mount)) {
            files.filter(file -> file.getFileName().toString().equals("data.mdb"))
                    .forEach(file -> command.add(file.toString()));
        } catch (java.io.UncheckedIOException e) {
            // A folder went away meanwhile; those that were found will do.
        }
        run(command.toArray(String[]::new));
    }

    /** After all of its files are closed. */
    void unmount() throws IOException, InterruptedException {
        run("umount", mount.toString());
        run("losetup", "-d", device.orElseThrow());
        device = Optional.empty();
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + said);
        return said;
    }

    @Override
    public void close() throws IOException {
        try {
            if (device.isPresent()) {
                unmount();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
