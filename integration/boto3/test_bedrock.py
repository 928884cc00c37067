"""The Bedrock stand-in as boto3 sees it. `STAND_INS` names the program that serves it."""

import json
import os
import subprocess
import unittest
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

MODEL = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.some.model-v1:0"
TITAN = "amazon.titan-embed-text-v2:0"


def user(*texts):
    return {"role": "user", "content": [{"text": text} for text in texts]}


class Bedrock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        command = [os.environ["STAND_INS"], "bedrock", "--port", "0"]
        cls.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end)
        cls.url = cls.process.stdout.readline().strip()
        cls.client = boto3.client(
            "bedrock-runtime",
            endpoint_url=cls.url,
            region_name="eu-west-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=20),
        )
        cls.addClassCleanup(cls.client.close)

    @classmethod
    def end(cls):
        cls.process.terminate()
        cls.process.wait(timeout=20)
        cls.process.stdout.close()

    def script(self, **script):
        request = urllib.request.Request(
            f"{self.url}/_stand-in/scripts",
            json.dumps(script).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            self.assertEqual(answer.status, 204)

    def stream(self, *texts):
        return self.client.converse_stream(modelId=MODEL, messages=[user(*texts)])["stream"]

    def embed(self, text, **options):
        body = json.dumps({"inputText": text, **options})
        answer = self.client.invoke_model(modelId=TITAN, body=body)
        return json.loads(answer["body"].read())["embedding"]

    def test_converse_answers_what_it_is_asked(self):
        messages = [
            user("My name is Ada."),
            {"role": "assistant", "content": [{"text": "Hello, Ada."}]},
            user("What is my name?"),
        ]
        answer = self.client.converse(modelId=MODEL, messages=messages, system=[{"text": "Be brief."}])
        message = answer["output"]["message"]
        self.assertEqual(message["role"], "assistant")
        for part in ["What is my name?", "3 messages", "Be brief."]:
            self.assertIn(part, message["content"][0]["text"])
        self.assertEqual(answer["stopReason"], "end_turn")
        usage = answer["usage"]
        self.assertEqual(usage["totalTokens"], usage["inputTokens"] + usage["outputTokens"])

    def test_a_stream_has_bedrocks_events_in_their_order(self):
        self.script(text="Hello, you.", usage=[11, 22])
        events = list(self.stream("Hello?"))
        self.assertEqual(
            [next(iter(event)) for event in events],
            ["messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"],
        )
        self.assertEqual(events[0]["messageStart"]["role"], "assistant")
        self.assertEqual(events[1]["contentBlockDelta"], {"delta": {"text": "Hello, "}, "contentBlockIndex": 0})
        self.assertEqual(events[4]["messageStop"]["stopReason"], "end_turn")
        usage = {"inputTokens": 11, "outputTokens": 22, "totalTokens": 33}
        self.assertEqual(events[5]["metadata"]["usage"], usage)

    def test_passages_are_cited(self):
        passages = (
            '<passages>\n<passage number="1" source="a.md">\nSoup is hot.\n</passage>\n'
            '<passage number="2" source="b.md">\nTrains leave at noon.\n</passage>\n</passages>'
        )
        deltas = [event["contentBlockDelta"] for event in self.stream(passages, "When does the train leave?")
                  if "contentBlockDelta" in event]
        text = "".join(delta["delta"]["text"] for delta in deltas)
        self.assertIn("Trains leave at noon. [2]", text)
        self.assertNotIn("Soup", text)

    def test_a_tool_is_called_and_its_result_used(self):
        self.script(tool_use={"id": "t1", "name": "weather", "input": {"at": "Rome"}})
        tools = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object"}}}}]}
        messages = [user("What is the weather in Rome?")]
        answer = self.client.converse(modelId=MODEL, messages=messages, toolConfig=tools)
        self.assertEqual(answer["stopReason"], "tool_use")
        call = answer["output"]["message"]
        self.assertEqual(call["content"], [{"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"at": "Rome"}}}])
        result = {"toolResult": {"toolUseId": "t1", "content": [{"text": "sunny"}]}}
        messages += [call, {"role": "user", "content": [result]}]
        answer = self.client.converse(modelId=MODEL, messages=messages, toolConfig=tools)
        self.assertIn("sunny", answer["output"]["message"]["content"][0]["text"])

    def test_errors_before_a_stream_are_boto3s_own(self):
        for name, status in [
            ("AccessDeniedException", 403),
            ("InternalServerException", 500),
            ("ModelErrorException", 424),
            ("ModelTimeoutException", 408),
            ("ResourceNotFoundException", 404),
            ("ServiceUnavailableException", 503),
            ("ThrottlingException", 429),
            ("ValidationException", 400),
        ]:
            with self.subTest(name):
                self.script(error_before={"name": name, "message": "Said so."})
                with self.assertRaises(getattr(self.client.exceptions, name)) as caught:
                    self.stream("Hello?")
                self.assertEqual(caught.exception.response["Error"], {"Code": name, "Message": "Said so."})
                self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], status)

    def test_errors_in_a_stream_come_after_what_was_said(self):
        for name in ["throttlingException", "modelStreamErrorException", "internalServerException"]:
            with self.subTest(name):
                error = {"name": name[0].upper() + name[1:], "message": "Said so."}
                self.script(text="one two three", error_after=[2, error])
                texts = []
                with self.assertRaises(EventStreamError) as caught:
                    for event in self.stream("Hello?"):
                        if "contentBlockDelta" in event:
                            texts.append(event["contentBlockDelta"]["delta"]["text"])
                self.assertEqual(texts, ["one ", "two "])
                self.assertEqual(caught.exception.response["Error"], {"Code": name, "Message": "Said so."})

    def test_an_invalid_history_is_refused(self):
        for messages, reason in [
            ([user("A"), user("B")], "alternate"),
            ([user(" ")], "blank"),
            ([user("word " * 200_000)], "Input is too long for requested model."),
        ]:
            with self.subTest(reason):
                with self.assertRaises(self.client.exceptions.ValidationException) as caught:
                    self.client.converse(modelId=MODEL, messages=messages)
                self.assertIn(reason, caught.exception.response["Error"]["Message"])

    def test_embeddings_of_texts_that_share_words_are_close(self):
        def closeness(a, b):
            return sum(x * y for x, y in zip(a, b, strict=True))

        question = self.embed("How many days of holidays has an employee?")
        self.assertEqual(len(question), 1024)
        self.assertAlmostEqual(closeness(question, question), 1.0, places=4)
        near = closeness(question, self.embed("Employees have 30 days of holiday a year."))
        far = closeness(question, self.embed("The canteen opens at noon."))
        self.assertGreater(near, far + 0.3)
        self.assertEqual(len(self.embed("short", dimensions=256, normalize=True)), 256)
        with self.assertRaises(ClientError) as caught:
            self.embed("short", dimensions=100)
        self.assertEqual(caught.exception.response["Error"]["Code"], "ValidationException")


if __name__ == "__main__":
    unittest.main()
