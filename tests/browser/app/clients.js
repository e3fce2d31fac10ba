// Clients that applications keep and let send their requests through the session.

import { createClient as createSupabase } from "@supabase/supabase-js";
import axios from "axios";
import ky from "ky";
import OpenAI from "openai";
import createOpenapi from "openapi-fetch";

Object.assign(globalThis, { axios, createOpenapi, createSupabase, ky, OpenAI });
