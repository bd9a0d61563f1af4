package io.varve.samples.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A program that looks like one that measures other systems: a line for each variant. */
final class OtherSystem {
    private OtherSystem() {}

    public static void main(String[] args) {
        List<String> words = List.of(args);
        String events = after(words, "--n");
        if (!Files.isRegularFile(Path.of(after(words, "--flights")))) {
            throw new IllegalArgumentException("There are no flights: " + words);
        }
        for (String variant : after(words, "--variant").split(":")) {
            String begin = words.get(0) + ",%s," + variant + "," + events;
            System.out.printf(begin + ",1,1,1,batches of 10000%n", words.get(1) + "load");
            System.out.printf(begin + ",3,9,90,per_s_once_ready=10;p50_us=7%n", words.get(1));
        }
    }

    private static String after(List<String> words, String option) {
        return words.get(words.indexOf(option) + 1);
    }

    /** Makes it. */
    static Path jarIn(Path folder) throws IOException {
        Path jar = folder.resolve("other.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, OtherSystem.class.getName());
        String entry = OtherSystem.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zipped = new JarOutputStream(out, manifest);
                InputStream in = OtherSystem.class.getClassLoader().getResourceAsStream(entry)) {
            zipped.putNextEntry(new JarEntry(entry));
            in.transferTo(zipped);
        }
        return jar;
    }
}
