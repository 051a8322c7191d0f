"use strict";

// The scan page: the line for the scanner keeps the focus, scans are sent one after the other without leaving the
// page (so the camera stays on), and each verdict makes its sound. Without this script the forms do the same.
(() => {
    const bar = document.getElementById("scan-bar");
    const form = document.getElementById("scan-form");
    const line = document.getElementById("text");
    const main = document.getElementById("main");
    const waiting = [];
    let isSending = false;
    let lastByPointer = false;

    const newUid = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, "0")).join("");

    // --- sending -------------------------------------------------------------------------------------------------

    function sendScan(text, entry) {
        const fields = new URLSearchParams(new FormData(form));
        fields.set("text", text);
        fields.set("entry", entry);
        fields.set("scan_uid", newUid());
        enqueue({action: form.action, fields});
    }

    function enqueue(job) {
        waiting.push(job);
        if (!isSending) sendAll();
    }

    async function sendAll() {
        isSending = true;
        main.setAttribute("aria-busy", "true");
        while (waiting.length) {
            // The same job with the same number may be sent again: the desk knows it as one scan.
            try {
                show(await answerTo(waiting[0]));
                waiting.shift();
            } catch (fault) {
                if (!(fault instanceof TypeError)) throw fault;
                showNoConnection();
                break;
            }
        }
        main.removeAttribute("aria-busy");
        isSending = false;
    }

    async function answerTo({action, fields}) {
        const answer = await fetch(action, {method: "POST", body: fields, headers: {Accept: "text/html"}});
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        return {page, address: answer.url, isPage: answer.redirected || answer.ok};
    }

    // --- showing -------------------------------------------------------------------------------------------------

    function show({page, address, isPage}) {
        const fresh = page.getElementById("main");
        if (!fresh) return location.reload();
        main.replaceChildren(...document.importNode(fresh, true).childNodes);
        document.title = page.title;
        if (isPage) history.replaceState(null, "", address);
        afterShowing();
    }

    function showNoConnection() {
        const live = document.createElement("div");
        live.id = "live";
        live.dataset.sound = "bad";
        live.append(document.getElementById("no-connection").content.cloneNode(true));
        main.replaceChildren(live);
        document.getElementById("send-again").addEventListener("click", sendAll);
        afterShowing();
    }

    function afterShowing() {
        for (const key of document.querySelectorAll(".with-script")) key.hidden = false;
        play(document.getElementById("live")?.dataset.sound);
        scrollTo({top: 0});
        if (!scanner.isOn) line.focus({preventScroll: true});
    }

    // --- keyboard ------------------------------------------------------------------------------------------------

    form.addEventListener("submit", event => {
        event.preventDefault();
        const text = line.value.trim();
        line.value = "";
        if (text) sendScan(text, "");
    });

    document.addEventListener("submit", event => {
        if (!event.target.closest("main") || event.target.method !== "post") return;
        event.preventDefault();
        enqueue({
            action: event.target.action,
            fields: new URLSearchParams(new FormData(event.target, event.submitter)),
        });
    });

    document.addEventListener("keydown", event => {
        if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
        const shortcut = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
        if (shortcut && shortcut.offsetParent !== null) {
            event.preventDefault();
            if (!event.repeat) shortcut.click();
            return;
        }
        // A scanner types wherever the focus is; what it types belongs into its line, not into a list of lots.
        const isTyping = event.target.matches("input:not([type=radio], [type=checkbox]), textarea");
        if (event.key.length === 1 && event.key !== " " && !isTyping) line.focus({preventScroll: true});
    });

    document.addEventListener("pointerdown", () => { lastByPointer = true; });
    document.addEventListener("keydown", () => { lastByPointer = false; }, true);
    document.addEventListener("change", event => {
        if (lastByPointer && event.target.closest("main") && !scanner.isOn) line.focus({preventScroll: true});
    });
    window.addEventListener("focus", () => {
        if (document.activeElement === document.body && !scanner.isOn) line.focus({preventScroll: true});
    });

    // --- sound ---------------------------------------------------------------------------------------------------

    const NOTES = {ok: [[880, 0.1], [1320, 0.16]], warn: [[620, 0.14], [0, 0.08], [620, 0.14]], bad: [[200, 0.5]]};
    const soundSwitch = document.getElementById("sound-switch");
    let isLoud = localStorage.getItem("desk-sound") !== "off";
    let audio = null;

    function play(kind) {
        if (!isLoud || !NOTES[kind] || !navigator.userActivation?.hasBeenActive) return;
        audio ??= new AudioContext();
        let at = audio.currentTime;
        for (const [pitch, seconds] of NOTES[kind]) {
            if (pitch) tone(pitch, at, seconds, kind);
            at += seconds;
        }
    }

    function tone(pitch, at, seconds, kind) {
        const voice = new OscillatorNode(audio, {frequency: pitch, type: kind === "bad" ? "sawtooth" : "sine"});
        const volume = new GainNode(audio, {gain: 0.2});
        voice.connect(volume).connect(audio.destination);
        voice.start(at);
        voice.stop(at + seconds);
    }

    function showSound() {
        soundSwitch.setAttribute("aria-pressed", String(isLoud));
    }

    soundSwitch.hidden = false;
    soundSwitch.addEventListener("click", () => {
        isLoud = !isLoud;
        localStorage.setItem("desk-sound", isLoud ? "on" : "off");
        showSound();
        play("ok");
    });

    // --- camera --------------------------------------------------------------------------------------------------

    const cameraSwitch = document.getElementById("camera-switch");
    const frame = document.getElementById("camera");
    const words = document.getElementById("camera-words");
    const scanner = new CameraScanner(
        document.getElementById("camera-picture"), bar.dataset.decoder, bar.dataset.wasm,
        text => sendScan(text, "camera"),
    );

    async function switchCamera() {
        if (scanner.isOn) {
            scanner.stop();
        } else {
            try {
                await scanner.start();
                words.textContent = words.dataset.looking;
            } catch (fault) {
                scanner.stop();
                words.textContent = fault.name === "NotAllowedError" ? words.dataset.refused : words.dataset.missing;
                frame.hidden = false;
                frame.classList.add("without-picture");
                return;
            }
        }
        frame.classList.remove("without-picture");
        frame.hidden = !scanner.isOn;
        cameraSwitch.setAttribute("aria-pressed", String(scanner.isOn));
    }

    cameraSwitch.hidden = false;
    cameraSwitch.addEventListener("click", switchCamera);
    showSound();
    afterShowing();
})();
