// The program to bundle. It uses every entry point of the package.
import axios from 'axios';
import * as library from 'nexmo-auth';
import * as express from 'nexmo-auth/express';
import * as fastify from 'nexmo-auth/fastify';
import * as hono from 'nexmo-auth/hono';
import * as koa from 'nexmo-auth/koa';
import * as request from 'nexmo-auth/request';
import * as testing from 'nexmo-auth/testing';
import roundTrip from './round-trip.cjs';
import receiveWebhook from './receive-webhook.cjs';

const frameworks = { express, fastify, hono, koa, request };

roundTrip(library, testing, axios)
  .then(() =>
    receiveWebhook(library, testing, (entry) => frameworks[entry.slice('nexmo-auth/'.length)]),
  )
  .then(() => console.log('It ran.'));
